import { type Clock, later, parseInstant } from '@trencadis/clock';
import { PlatformError } from '@trencadis/errors';
import { z } from 'zod';
import type { OpenstackAccount } from './account.ts';
import { authRequest, isTokenAsGiven } from './auth-request.ts';
import { catalogSchema, endpointOf } from './catalog.ts';
import { type Asked, fromAnswer, invalid, strangeAnswer } from './errors.ts';
import type { HttpAnswer, Transport } from './transport.ts';

export interface Token {
  readonly id: string;
  readonly expiresAt: Date;
  readonly projectId: string;
  readonly roles: readonly string[];
  readonly catalog: z.output<typeof catalogSchema>;
}

export interface SessionOptions {
  /** Keystone's address, with or without `/v3`. */
  readonly endpoint: string;
  readonly credentials: OpenstackAccount;
  readonly transport: Transport;
  readonly clock: Clock;
}

const tokenSchema = z.object({
  token: z.object({
    expires_at: z.string(),
    project: z.object({ id: z.string() }).optional(),
    roles: z.array(z.object({ name: z.string() })).optional(),
    catalog: catalogSchema.optional(),
  }),
});

/** A token is renewed when it has less than this left. */
const marginMs = 2 * 60_000;

/** Who we are at Keystone (API v3). One token serves all calls; those that come meanwhile wait for the same new one. */
export class Session {
  readonly #options: SessionOptions;
  #token: Promise<Token> | undefined;

  constructor(options: SessionOptions) {
    this.#options = options;
  }

  /** The current token, or a new one. */
  async token(signal: AbortSignal): Promise<Token> {
    const token = await this.#shared();
    signal.throwIfAborted();
    const { clock, credentials } = this.#options;
    const isFresh = token.expiresAt > later(clock.now(), marginMs);
    return isFresh || credentials.token !== undefined ? token : this.renewed(token, signal);
  }

  /** Another token than this one, which a service has refused or which is about to expire. */
  async renewed(refused: Token, signal: AbortSignal): Promise<Token> {
    const current = await this.#shared();
    signal.throwIfAborted();
    if (current.id !== refused.id) return current;
    this.#token = undefined;
    return this.#shared();
  }

  /** Where a service is, by the first of these types that the catalog has; `undefined`: it has none of them. */
  async endpoint(types: readonly string[], signal: AbortSignal): Promise<string | undefined> {
    const { catalog } = await this.token(signal);
    return endpointOf(catalog, types, this.#options.credentials);
  }

  /** Not under any caller's signal: others wait for it too. The transport bounds it. */
  #shared(): Promise<Token> {
    this.#token ??= this.#ask().catch((error: unknown) => {
      this.#token = undefined;
      throw error;
    });
    return this.#token;
  }

  async #ask(): Promise<Token> {
    const { credentials, transport, endpoint } = this.#options;
    const given = isTokenAsGiven(credentials) ? credentials.token : undefined;
    const method = given === undefined ? 'POST' : 'GET';
    const asked: Asked = { service: 'Keystone', method, path: '/auth/tokens' };
    const url = tokensUrl(endpoint);
    const signal = new AbortController().signal;
    const answer = await (given === undefined
      ? transport.send({ ...asked, method, url, headers: {}, body: authRequest(credentials) }, signal)
      : transport.send({ ...asked, method, url, headers: forOwn(given) }, signal));
    if (answer.status === 404) throw noKeystone(endpoint, asked, answer);
    if (answer.status >= 400) throw fromAnswer(asked, answer);
    return tokenOf(asked, answer, given);
  }
}

function tokensUrl(endpoint: string): URL {
  const base = endpoint.replace(/\/+$/, '').replace(/(\/v3)?$/, '/v3');
  if (URL.canParse(base)) return new URL(`${base}/auth/tokens`);
  throw invalid(endpoint, `'${endpoint}' is no address of Keystone: write https://HOST:PORT/v3.`);
}

/** A token asks for itself: what it is for, and the catalog. */
function forOwn(token: string): Record<string, string> {
  return { 'x-auth-token': token, 'x-subject-token': token };
}

function tokenOf(asked: Asked, answer: HttpAnswer, given: string | undefined): Token {
  const parsed = tokenSchema.safeParse(answer.body);
  const id = given ?? answer.headers.get('x-subject-token');
  if (!parsed.success || id === null) throw strangeAnswer(asked, answer.status, parsed.error);
  const { expires_at: expiresAt, project, roles = [], catalog = [] } = parsed.data.token;
  if (project === undefined) {
    throw invalid('credentials', 'The token is for no project of the cloud: give projectName or projectId.');
  }
  return {
    id,
    expiresAt: parseInstant(expiresAt),
    projectId: project.id,
    roles: roles.map(({ name }) => name),
    catalog,
  };
}

function noKeystone(endpoint: string, asked: Asked, { status }: HttpAnswer): PlatformError {
  const message = `There is no Keystone (API v3) at ${endpoint}: correct the address of this VM manager.`;
  return new PlatformError('not-found', message, { subject: endpoint, details: { ...asked, status } });
}
