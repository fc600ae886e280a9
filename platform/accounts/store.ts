import type { Sha256 } from '@trencadis/ids';
import type { AccessToken, Account, Quota } from './model.ts';

export interface AccountChanges {
  readonly groups?: readonly string[];
  /** `null` takes the bounds away. */
  readonly quota?: Quota | null;
  /** `null` enables. */
  readonly disabledAt?: Date | null;
  readonly passwordHash?: string;
}

/** The accounts and their tokens. Keeps a password's hash and a token's digest, never the secret. */
export interface AccountStore {
  /** By name. */
  list(): Promise<readonly Account[]>;
  find(name: string): Promise<Account | undefined>;
  /** Whether the name was free. */
  insert(account: Account, passwordHash: string | undefined): Promise<boolean>;
  /** The account as it is then; `undefined` when there is none. */
  update(name: string, changes: AccountChanges): Promise<Account | undefined>;
  /** With its tokens. Whether it was there. */
  remove(name: string): Promise<boolean>;
  findPasswordHash(name: string): Promise<string | undefined>;

  /** Whether the account was there. */
  insertToken(token: AccessToken, digest: Sha256): Promise<boolean>;
  /** Oldest first. */
  listTokens(account: string): Promise<readonly AccessToken[]>;
  findToken(digest: Sha256): Promise<{ readonly token: AccessToken; readonly account: Account } | undefined>;
  markTokenUsed(id: string, at: Date): Promise<void>;
  /** Whether it was there. */
  removeToken(account: string, id: string): Promise<boolean>;
}
