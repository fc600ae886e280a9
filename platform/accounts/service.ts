import { type Actor, type AuditDetail, type AuditLog, audited } from '@trencadis/audit';
import { type Clock, later } from '@trencadis/clock';
import { PlatformError } from '@trencadis/errors';
import { type Sha256, newSecretText, newUuid, sha256OfText } from '@trencadis/ids';
import { AttemptThrottle } from './attempt-throttle.ts';
import {
  type AccessToken,
  type Account,
  type Caller,
  type IssuedToken,
  type Quota,
  callerOf,
  reservedNames,
} from './model.ts';
import { hashPassword, isPasswordOf } from './password-hash.ts';
import type { AccountChanges, AccountStore } from './store.ts';

export interface NewAccount {
  readonly name: string;
  readonly groups: readonly string[];
  readonly isAdmin: boolean;
  readonly quota?: Quota | undefined;
  /** Without one, only tokens open the account. */
  readonly password?: string | undefined;
}

export interface TokenOrder {
  readonly name: string;
  readonly expiresInDays: number;
}

/** The users of the platform. Every change goes to the audit log, named after its doer. */
export interface AccountService {
  list(): Promise<readonly Account[]>;
  find(name: string): Promise<Account | undefined>;
  get(name: string): Promise<Account>;
  create(by: Actor, account: NewAccount): Promise<Account>;
  setGroups(by: Actor, name: string, groups: readonly string[]): Promise<Account>;
  /** Without a quota there is no bound. */
  setQuota(by: Actor, name: string, quota: Quota | undefined): Promise<Account>;
  /** Its password and tokens open nothing from now on; what it made goes on. */
  disable(by: Actor, name: string): Promise<Account>;
  enable(by: Actor, name: string): Promise<Account>;
  /** `conflict` while something belongs to it: the next account of that name would get it. */
  remove(by: Actor, name: string): Promise<void>;
  /** Its tokens stay. */
  setPassword(by: Actor, name: string, password: string): Promise<void>;

  /**
   * Whom name and password prove. `unauthenticated` for a wrong password and an unknown name alike, after the same
   * work, and after many failures for a while; `forbidden` for a disabled account.
   */
  verifyPassword(name: string, password: string, requestId?: string): Promise<Caller>;
  /** Whom the token proves: `unauthenticated` when unknown, revoked or expired, `forbidden` for a disabled account. */
  authenticate(token: string): Promise<Caller>;
  /** Of an account; the text is in this answer only. */
  issueToken(by: Actor, account: string, order: TokenOrder): Promise<IssuedToken>;
  listTokens(account: string): Promise<readonly AccessToken[]>;
  revokeToken(by: Actor, account: string, id: string): Promise<void>;
}

export interface AccountServiceParts {
  readonly store: AccountStore;
  readonly audit: AuditLog;
  readonly clock: Clock;
  /** What belongs to them, in words: `infrastructure keys`. */
  readonly holdingsOf: (owner: string) => Promise<readonly string[]>;
}

/** How the platform's own tokens begin. */
export const tokenPrefix = 'trn_';

const dayMs = 86_400_000;
/** `lastUsedAt` is written once a minute, not at every request. */
const useIsTrackedEveryMs = 60_000;

export function createAccountService(parts: AccountServiceParts): AccountService {
  return { ...accountReading(parts), ...accountChanges(parts), ...passwords(parts), ...tokens(parts) };
}

function accountReading({ store }: AccountServiceParts): Pick<AccountService, 'list' | 'find' | 'get'> {
  return {
    list: () => store.list(),
    find: (name) => store.find(name),
    get: async (name) => (await store.find(name)) ?? missing(name),
  };
}

type Change = 'create' | 'setGroups' | 'setQuota' | 'disable' | 'enable' | 'remove';

function accountChanges(parts: AccountServiceParts): Pick<AccountService, Change> {
  const { store, audit, clock } = parts;
  const change = (by: Actor, name: string, { act, changes, detail }: NamedChange) =>
    audited(
      audit,
      actOn(by, act, name, detail),
      async () => (await store.update(name, changes)) ?? missing(name),
    );
  return {
    create: (by, account) =>
      audited(audit, actOn(by, 'account.create', account.name, detailOf(account)), () =>
        createAccount(parts, account),
      ),
    setGroups: (by, name, groups) =>
      change(by, name, { act: 'account.set-groups', changes: { groups }, detail: { groups } }),
    setQuota: (by, name, quota) =>
      change(by, name, {
        act: 'account.set-quota',
        changes: { quota: quota ?? null },
        detail: { ...quota },
      }),
    disable: (by, name) => change(by, name, { act: 'account.disable', changes: { disabledAt: clock.now() } }),
    enable: (by, name) => change(by, name, { act: 'account.enable', changes: { disabledAt: null } }),
    remove: (by, name) => audited(audit, actOn(by, 'account.remove', name), () => removeAccount(parts, name)),
  };
}

interface NamedChange {
  readonly act: string;
  readonly changes: AccountChanges;
  readonly detail?: AuditDetail;
}

function detailOf({ groups, isAdmin, quota }: NewAccount): AuditDetail {
  return { groups, isAdmin, ...quota };
}

async function createAccount({ store, clock }: AccountServiceParts, account: NewAccount): Promise<Account> {
  const { name, groups, isAdmin, quota, password } = account;
  if (reservedNames.includes(name)) {
    const message = `'${name}' is a name of the platform itself; choose another.`;
    throw new PlatformError('invalid-argument', message, { subject: name });
  }
  const made = { name, groups, isAdmin, createdAt: clock.now(), ...(quota === undefined ? {} : { quota }) };
  const hash = password === undefined ? undefined : await hashPassword(password);
  if (await store.insert(made, hash)) return made;
  throw new PlatformError('already-exists', `There is an account '${name}' already; choose another name.`, {
    subject: name,
  });
}

async function removeAccount({ store, holdingsOf }: AccountServiceParts, name: string): Promise<void> {
  if ((await store.find(name)) === undefined) missing(name);
  const holdings = await holdingsOf(name);
  if (holdings.length > 0) {
    const message = `These belong to account '${name}': ${holdings.join(', ')}. Remove them first, or disable the account.`;
    throw new PlatformError('conflict', message, { subject: name });
  }
  await store.remove(name);
}

function passwords(parts: AccountServiceParts): Pick<AccountService, 'setPassword' | 'verifyPassword'> {
  const { store, audit, clock } = parts;
  const throttle = new AttemptThrottle(clock);
  // Checked for a name that nobody has, so that the answer takes as long.
  let nobodysHash: Promise<string> | undefined;
  const check = async (name: string, password: string): Promise<Account | undefined> => {
    const hash = await store.findPasswordHash(name);
    const isRight = await isPasswordOf(
      hash ?? (await (nobodysHash ??= hashPassword(newSecretText()))),
      password,
    );
    return hash !== undefined && isRight ? store.find(name) : undefined;
  };
  return {
    setPassword: (by, name, password) =>
      audited(audit, actOn(by, 'account.set-password', name), async () => {
        const passwordHash = await hashPassword(password);
        if ((await store.update(name, { passwordHash })) === undefined) missing(name);
      }),
    verifyPassword: async (name, password, requestId) => {
      const account = await throttle.attempt(name, () => check(name, password));
      if (account !== undefined) return enabledCaller(account);
      // Names that nobody has are not written down: anybody could fill the log with them.
      if ((await store.find(name)) !== undefined)
        await audit.write(actOn({ owner: name, requestId }, 'account.sign-in', name), 'unauthenticated');
      throw new PlatformError('unauthenticated', 'Name and password do not belong together here.');
    },
  };
}

type TokenMethod = 'authenticate' | 'issueToken' | 'listTokens' | 'revokeToken';

function tokens(parts: AccountServiceParts): Pick<AccountService, TokenMethod> {
  const { store, audit, clock } = parts;
  return {
    authenticate: (text) => authenticateToken(parts, text),
    issueToken: (by, account, { name, expiresInDays }) =>
      audited(audit, actOn(by, 'account.issue-token', account, { name, expiresInDays }), async () => {
        const createdAt = clock.now();
        const expiresAt = later(createdAt, expiresInDays * dayMs);
        const token: AccessToken = { id: newUuid(), account, name, createdAt, expiresAt };
        const text = `${tokenPrefix}${newSecretText()}`;
        if (!(await store.insertToken(token, digestOf(text)))) missing(account);
        return { ...token, text };
      }),
    listTokens: (account) => store.listTokens(account),
    revokeToken: (by, account, id) =>
      audited(audit, actOn(by, 'account.revoke-token', account, { id }), async () => {
        if (await store.removeToken(account, id)) return;
        throw new PlatformError('not-found', `Account '${account}' has no token ${id}.`, { subject: id });
      }),
  };
}

async function authenticateToken({ store, clock }: AccountServiceParts, text: string): Promise<Caller> {
  const found = text.startsWith(tokenPrefix) ? await store.findToken(digestOf(text)) : undefined;
  const now = clock.now();
  if (found === undefined || found.token.expiresAt <= now) {
    const message = 'Your token is not known here, or it has expired or was revoked. Get a new one.';
    throw new PlatformError('unauthenticated', message);
  }
  const { token, account } = found;
  const caller = enabledCaller(account);
  if (token.lastUsedAt === undefined || later(token.lastUsedAt, useIsTrackedEveryMs) <= now)
    await store.markTokenUsed(token.id, now);
  return caller;
}

function enabledCaller(account: Account): Caller {
  if (account.disabledAt === undefined) return callerOf(account);
  const message = `Account '${account.name}' is disabled. Ask an administrator of the platform.`;
  throw new PlatformError('forbidden', message, { subject: account.name });
}

/** A token is random enough that a plain digest cannot be guessed back. */
function digestOf(token: string): Sha256 {
  return sha256OfText(token);
}

function actOn(by: Actor, act: string, name: string, detail: AuditDetail = {}) {
  return { by, act, subject: { kind: 'account', id: name }, owner: name, detail };
}

function missing(name: string): never {
  throw new PlatformError('not-found', `There is no account '${name}'.`, { subject: name });
}
