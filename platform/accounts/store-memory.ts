import type { Sha256 } from '@trencadis/ids';
import type { AccessToken, Account } from './model.ts';
import type { AccountChanges, AccountStore } from './store.ts';

interface Kept {
  account: Account;
  passwordHash: string | undefined;
  readonly tokens: Map<Sha256, AccessToken>;
}

/** An {@link AccountStore} that lives as long as the process. */
export function createMemoryAccountStore(): AccountStore {
  const kept = new Map<string, Kept>();
  return { ...accountsIn(kept), ...tokensIn(kept) };
}

type TokenOperation = 'insertToken' | 'listTokens' | 'findToken' | 'markTokenUsed' | 'removeToken';

function accountsIn(kept: Map<string, Kept>): Omit<AccountStore, TokenOperation> {
  return {
    list: async () =>
      [...kept.values()]
        .map(({ account }) => structuredClone(account))
        .toSorted((one, other) => (one.name < other.name ? -1 : 1)),
    find: async (name) => structuredClone(kept.get(name)?.account),
    insert: async (account, passwordHash) => {
      if (kept.has(account.name)) return false;
      kept.set(account.name, { account: structuredClone(account), passwordHash, tokens: new Map() });
      return true;
    },
    update: async (name, changes) => {
      const entry = kept.get(name);
      if (entry === undefined) return undefined;
      entry.account = changed(entry.account, changes);
      entry.passwordHash = changes.passwordHash ?? entry.passwordHash;
      return structuredClone(entry.account);
    },
    remove: async (name) => kept.delete(name),
    findPasswordHash: async (name) => kept.get(name)?.passwordHash,
  };
}

function changed(account: Account, { groups = account.groups, ...changes }: AccountChanges): Account {
  const { quota, disabledAt, ...rest } = account;
  const nextQuota = changes.quota === undefined ? quota : changes.quota;
  const nextDisabledAt = changes.disabledAt === undefined ? disabledAt : changes.disabledAt;
  return structuredClone({
    ...rest,
    groups,
    ...(nextQuota ? { quota: nextQuota } : {}),
    ...(nextDisabledAt ? { disabledAt: nextDisabledAt } : {}),
  });
}

function tokensIn(kept: Map<string, Kept>): Pick<AccountStore, TokenOperation> {
  return {
    insertToken: async (token, digest) => {
      const entry = kept.get(token.account);
      entry?.tokens.set(digest, structuredClone(token));
      return entry !== undefined;
    },
    listTokens: async (account) => structuredClone([...(kept.get(account)?.tokens.values() ?? [])]),
    findToken: async (digest) => {
      for (const { account, tokens } of kept.values()) {
        const token = tokens.get(digest);
        if (token !== undefined) return structuredClone({ token, account });
      }
      return undefined;
    },
    markTokenUsed: async (id, at) => {
      for (const { tokens } of kept.values()) {
        for (const [digest, token] of tokens) {
          if (token.id === id) tokens.set(digest, { ...token, lastUsedAt: at });
        }
      }
    },
    removeToken: async (account, id) => {
      const tokens = kept.get(account)?.tokens ?? new Map<Sha256, AccessToken>();
      const digest = [...tokens].find(([, token]) => token.id === id)?.[0];
      return digest !== undefined && tokens.delete(digest);
    },
  };
}
