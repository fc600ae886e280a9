import type { AuditLog } from '@trencadis/audit';
import { systemClock } from '@trencadis/clock';
import type { Database } from '@trencadis/postgres';
import type { SealingKey } from '@trencadis/sealing';
import type { VmmDriver } from '@trencadis/vmm';
import {
  type VmmProduct,
  type VmmSites,
  type VmmSitesParts,
  createPostgresSiteStore,
  createVmmSites,
} from '@trencadis/vmm-sites';
import { createSimulatedVmm } from '@trencadis/vmm-memory/simulator';
import { z } from 'zod';

interface Parts extends Pick<VmmSitesParts, 'usedBy'> {
  readonly database: Database;
  readonly sealingKey: SealingKey;
  readonly audit: AuditLog;
  /** The VM manager of this host. */
  readonly local: VmmDriver;
}

const simulated: VmmProduct<{ readonly token: string }> = {
  name: 'simulated',
  credentials: z.strictObject({ token: z.string().min(1) }),
  needsEndpoint: true,
  create: ({ endpoint = '' }, { token }) => createSimulatedVmm({ url: endpoint, token }),
};

/** What users and administrators may add by themselves. */
const products: readonly VmmProduct[] = [simulated];

/** The VM managers on which the platform deploys: this host, and what was added. */
export function openSites({ database, local, ...parts }: Parts): VmmSites {
  return createVmmSites({
    ...parts,
    store: createPostgresSiteStore(database),
    products,
    fixed: [{ name: 'local', product: 'local', driver: local }],
    clock: systemClock,
  });
}
