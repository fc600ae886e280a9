import type { AccountService, Caller } from '@trencadis/accounts';
import type { Clock } from '@trencadis/clock';
import { isPlatformError } from '@trencadis/errors';
import { newSecretText, sha256OfJson } from '@trencadis/ids';
import { type Proof, unauthenticated } from './read-credentials.ts';

export interface AuthenticationParts {
  readonly accounts: Pick<AccountService, 'verifyPassword' | 'find'>;
  /** Whom a bearer token proves, as at the platform's own API; `unauthenticated` or `forbidden`. */
  readonly authenticateToken: (token: string, requestId: string) => Promise<Caller>;
  readonly clock: Clock;
}

const keptForMs = 30_000;
const maxKept = 1_000;

/**
 * Who calls. IM's clients send the password with every call, and proving one is made to be slow: what was right is
 * taken for right for half a minute. Disabling an account, its groups and its rights count at once.
 */
export class ImAuthenticator {
  readonly #parts: AuthenticationParts;
  readonly #salt = newSecretText();
  readonly #provenUntil = new Map<string, number>();

  constructor(parts: AuthenticationParts) {
    this.#parts = parts;
  }

  async authenticate(proof: Proof, requestId: string): Promise<Caller> {
    try {
      return proof.kind === 'token'
        ? await this.#parts.authenticateToken(proof.token, requestId)
        : await this.#byPassword(proof.name, proof.password, requestId);
    } catch (error) {
      if (isPlatformError(error, 'unauthenticated')) throw unauthenticated(error.message);
      throw error;
    }
  }

  async #byPassword(name: string, password: string, requestId: string): Promise<Caller> {
    const { accounts, clock } = this.#parts;
    const key = sha256OfJson([this.#salt, name, password]);
    if (clock.now().getTime() < (this.#provenUntil.get(key) ?? 0)) {
      const account = await accounts.find(name);
      if (account !== undefined && account.disabledAt === undefined) {
        return { owner: account.name, groups: account.groups, isAdmin: account.isAdmin };
      }
    }
    this.#provenUntil.delete(key);
    const caller = await accounts.verifyPassword(name, password, requestId);
    this.#provenUntil.set(key, clock.now().getTime() + keptForMs);
    const [oldest] = this.#provenUntil.keys();
    if (this.#provenUntil.size > maxKept && oldest !== undefined) this.#provenUntil.delete(oldest);
    return caller;
  }
}
