import { accountApi, createAccountService, createMemoryAccountStore } from '@trencadis/accounts';
import { auditApi, createMemoryAuditLog } from '@trencadis/audit';
import { systemClock as clock } from '@trencadis/clock';
import { createMemoryIdempotencyStore } from '@trencadis/http';
import { parseSealingKey } from '@trencadis/sealing';
import { createServiceTokens } from '@trencadis/service-controller';
import { createMemoryVmm } from '@trencadis/vmm-memory';
import { cloudApi, createMemorySiteStore, createVmmSites } from '@trencadis/vmm-sites';
import { memoryProduct } from '@trencadis/vmm-sites/testing';

/** Whose routes say who calls and what is theirs; callers.test.ts tries them with several callers. */
export const callersApi = { ...accountApi, ...auditApi, ...cloudApi };

/** What the platform's server needs to know its callers and their clouds, in memory. */
export function createKnownCallers() {
  const audit = createMemoryAuditLog(clock);
  const accounts = createAccountService({
    store: createMemoryAccountStore(),
    audit,
    clock,
    holdingsOf: async () => [],
  });
  const sites = createVmmSites({
    store: createMemorySiteStore(),
    products: [memoryProduct],
    fixed: [{ name: 'local', product: 'local', driver: createMemoryVmm({ clock }) }],
    sealingKey: parseSealingKey(Buffer.alloc(32, 7).toString('base64url')),
    audit,
    clock,
    usedBy: async () => [],
  });
  const serviceTokens = createServiceTokens({ key: new Uint8Array(32).fill(3), clock });
  return {
    audit,
    accounts,
    sites,
    serviceTokens,
    idempotencyKeys: createMemoryIdempotencyStore(clock),
    clock,
  };
}
