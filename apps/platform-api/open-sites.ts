import type { AuditLog } from '@trencadis/audit';
import { systemClock } from '@trencadis/clock';
import type { Database } from '@trencadis/postgres';
import type { SealingKey } from '@trencadis/sealing';
import type { VmmDriver } from '@trencadis/vmm';
import {
  type VmmSites,
  type VmmSitesParts,
  createPostgresSiteStore,
  createVmmSites,
} from '@trencadis/vmm-sites';
import { products } from './products/index.ts';

interface Parts extends Pick<VmmSitesParts, 'usedBy'> {
  readonly database: Database;
  readonly sealingKey: SealingKey;
  readonly audit: AuditLog;
  /** The VM manager of this host. */
  readonly local: VmmDriver;
}

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
