import type { Database } from '@trencadis/postgres';
import type { JSONColumnType, Kysely, Selectable } from 'kysely';
import type { AccessToken, Account, Quota } from './model.ts';
import type { AccountChanges, AccountStore } from './store.ts';

interface Tables {
  account: {
    name: string;
    groups: string[];
    is_admin: boolean;
    quota: JSONColumnType<Quota> | null;
    password_hash: string | null;
    created_at: Date;
    disabled_at: Date | null;
  };
  access_token: {
    id: string;
    account: string;
    name: string;
    digest: string;
    created_at: Date;
    expires_at: Date;
    last_used_at: Date | null;
  };
}

type Queries = Kysely<Tables>;
type TokenOperation = 'insertToken' | 'listTokens' | 'findToken' | 'markTokenUsed' | 'removeToken';

const accountColumns = ['name', 'groups', 'is_admin', 'quota', 'created_at', 'disabled_at'] as const;
type AccountRow = Pick<Selectable<Tables['account']>, (typeof accountColumns)[number]>;
type TokenRow = Omit<Selectable<Tables['access_token']>, 'digest'>;

/** The store on PostgreSQL; several processes may share it. */
export function createPostgresAccountStore(database: Database): AccountStore {
  const db = database.tables<Tables>();
  return { ...accountsIn(db), ...tokenQueries(db), ...tokenChanges(db) };
}

function accountsIn(db: Queries): Omit<AccountStore, TokenOperation> {
  const select = () => db.selectFrom('account').select(accountColumns);
  return {
    list: async () => (await select().orderBy('name').execute()).map(accountOf),
    find: async (name) => {
      const row = await select().where('name', '=', name).executeTakeFirst();
      return row && accountOf(row);
    },
    insert: async ({ name, groups, isAdmin, quota, createdAt, disabledAt }, passwordHash) => {
      const { numInsertedOrUpdatedRows } = await db
        .insertInto('account')
        .values({
          name,
          groups: [...groups],
          is_admin: isAdmin,
          quota: quota === undefined ? null : JSON.stringify(quota),
          password_hash: passwordHash ?? null,
          created_at: createdAt,
          disabled_at: disabledAt ?? null,
        })
        .onConflict((conflict) => conflict.column('name').doNothing())
        .executeTakeFirst();
      return numInsertedOrUpdatedRows === 1n;
    },
    update: (name, changes) => updateAccount(db, name, changes),
    remove: async (name) => {
      const { numDeletedRows } = await db.deleteFrom('account').where('name', '=', name).executeTakeFirst();
      return numDeletedRows === 1n;
    },
    findPasswordHash: async (name) => {
      const row = await db
        .selectFrom('account')
        .select('password_hash')
        .where('name', '=', name)
        .executeTakeFirst();
      return row?.password_hash ?? undefined;
    },
  };
}

async function updateAccount(
  db: Queries,
  name: string,
  { groups, quota, disabledAt, passwordHash }: AccountChanges,
): Promise<Account | undefined> {
  const row = await db
    .updateTable('account')
    // Says something even when nothing else changes.
    .set({ name })
    .$if(groups !== undefined, (query) => query.set({ groups: [...(groups ?? [])] }))
    .$if(quota !== undefined, (query) => query.set({ quota: quota ? JSON.stringify(quota) : null }))
    .$if(disabledAt !== undefined, (query) => query.set({ disabled_at: disabledAt ?? null }))
    .$if(passwordHash !== undefined, (query) => query.set({ password_hash: passwordHash ?? null }))
    .where('name', '=', name)
    .returning(accountColumns)
    .executeTakeFirst();
  return row && accountOf(row);
}

function accountOf(row: AccountRow): Account {
  return {
    name: row.name,
    groups: row.groups,
    isAdmin: row.is_admin,
    createdAt: row.created_at,
    ...(row.quota === null ? {} : { quota: row.quota }),
    ...(row.disabled_at === null ? {} : { disabledAt: row.disabled_at }),
  };
}

const tokenColumns = ['id', 'account', 'name', 'created_at', 'expires_at', 'last_used_at'] as const;

function tokenQueries(db: Queries): Pick<AccountStore, 'listTokens' | 'findToken'> {
  const select = () => db.selectFrom('access_token').select(tokenColumns);
  return {
    listTokens: async (account) => {
      const rows = await select()
        .where('account', '=', account)
        .orderBy('created_at')
        .orderBy('id')
        .execute();
      return rows.map(tokenOf);
    },
    findToken: async (digest) => {
      const token = await select().where('digest', '=', digest).executeTakeFirst();
      if (token === undefined) return undefined;
      const account = await db
        .selectFrom('account')
        .select(accountColumns)
        .where('name', '=', token.account)
        .executeTakeFirst();
      return account && { token: tokenOf(token), account: accountOf(account) };
    },
  };
}

function tokenChanges(db: Queries): Pick<AccountStore, 'insertToken' | 'markTokenUsed' | 'removeToken'> {
  return {
    insertToken: async (token, digest) => {
      const owner = db
        .selectFrom('account')
        .select((row) => [
          row.val(token.id).as('id'),
          'account.name as account',
          row.val(token.name).as('name'),
          row.val<string>(digest).as('digest'),
          row.cast<Date>(row.val(token.createdAt), 'timestamptz').as('created_at'),
          row.cast<Date>(row.val(token.expiresAt), 'timestamptz').as('expires_at'),
        ])
        .where('account.name', '=', token.account);
      const { numInsertedOrUpdatedRows } = await db
        .insertInto('access_token')
        .columns(['id', 'account', 'name', 'digest', 'created_at', 'expires_at'])
        .expression(owner)
        .executeTakeFirst();
      return numInsertedOrUpdatedRows === 1n;
    },
    markTokenUsed: async (id, at) => {
      await db.updateTable('access_token').set({ last_used_at: at }).where('id', '=', id).execute();
    },
    removeToken: async (account, id) => {
      const { numDeletedRows } = await db
        .deleteFrom('access_token')
        .where('account', '=', account)
        .where('id', '=', id)
        .executeTakeFirst();
      return numDeletedRows === 1n;
    },
  };
}

function tokenOf(row: TokenRow): AccessToken {
  return {
    id: row.id,
    account: row.account,
    name: row.name,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    ...(row.last_used_at === null ? {} : { lastUsedAt: row.last_used_at }),
  };
}
