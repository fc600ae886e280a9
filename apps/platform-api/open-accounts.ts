import { type AccountService, createAccountService, createPostgresAccountStore } from '@trencadis/accounts';
import type { AuditLog } from '@trencadis/audit';
import { systemClock } from '@trencadis/clock';
import type { InfrastructureServiceParts, InfrastructureStore } from '@trencadis/infrastructure';
import type { Database } from '@trencadis/postgres';
import type { VmmSites } from '@trencadis/vmm-sites';

interface Parts {
  readonly database: Database;
  readonly audit: AuditLog;
  readonly store: Pick<InfrastructureStore, 'list'>;
  readonly sites: Pick<VmmSites, 'list'>;
}

/** The users of the platform. */
export function openAccounts({ database, audit, store, sites }: Parts): AccountService {
  return createAccountService({
    store: createPostgresAccountStore(database),
    audit,
    clock: systemClock,
    holdingsOf: async (owner) => {
      const user = { owner, groups: [], isAdmin: false };
      const clouds = await sites.list(user);
      return [
        ...(await store.list(user)).map(({ name }) => `infrastructure ${name}`),
        ...clouds.filter((site) => site.owner === owner).map(({ name }) => `cloud ${name}`),
      ];
    },
  });
}

/** What planning asks about owners, and where it tells what was done. */
export function accountsInPlans({
  accounts,
  audit,
}: {
  readonly accounts: Pick<AccountService, 'find'>;
  readonly audit: AuditLog;
}): Required<Pick<InfrastructureServiceParts, 'groupsOf' | 'quotaOf' | 'audit'>> {
  return {
    groupsOf: async (owner) => (await accounts.find(owner))?.groups ?? [],
    quotaOf: async (owner) => (await accounts.find(owner))?.quota,
    audit: { write: ({ actor, ...act }) => audit.write({ ...act, by: { owner: actor } }, 'done') },
  };
}
