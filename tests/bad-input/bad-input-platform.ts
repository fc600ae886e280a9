import { createPostgresInfrastructureStore, infrastructureMigrations } from '@trencadis/infrastructure';
import { migrate } from '@trencadis/postgres';
import { freshDatabase } from '@trencadis/postgres/testing';
import { sagaMigrations } from '@trencadis/saga';
import {
  type SimulatedPlatform,
  keyServerDocument,
  keyServerParameters,
  simulatePlatform,
} from '../deployment/simulated-platform.ts';
import { type BadInputOptions, servePlatform } from './serve-platform.ts';

/*
 * Which test shows which case of bad input:
 *
 * | case                                 | test                                                          |
 * | ------------------------------------ | ------------------------------------------------------------- |
 * | broken RADL                          | documents.test.ts; from the command line end-to-end/bad-input |
 * | unknown image, none that fits        | documents.test.ts; end-to-end/bad-input                       |
 * | no candidate cloud                   | documents.test.ts                                             |
 * | 10 MB body                           | documents.test.ts                                             |
 * | 10,000 VMs under a small quota       | documents.test.ts                                             |
 * | wrong credentials                    | clouds.test.ts                                                |
 * | unreachable VM manager               | clouds.test.ts                                                |
 * | quota exceeded, planning and running | clouds.test.ts; deployment/deploy-service, reconciler         |
 * | VM that never boots                  | machines.test.ts                                              |
 * | VM without SSH                       | machines.test.ts                                              |
 * | wrong host key                       | machines.test.ts                                              |
 * | failing recipe                       | machines.test.ts; on a real machine end-to-end/bad-input      |
 * | hanging recipe                       | machines.test.ts                                              |
 * | full disk                            | machines.test.ts; of the host end-to-end/bad-input            |
 * | two people applying at once          | at-once.test.ts; deployment/apply-service                     |
 * | deleting while creating              | at-once.test.ts; deployment/destroy-service                   |
 * | asking again: keys, ETags, streams   | again.test.ts                                                 |
 */

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** Of JSON. */
  readonly body: unknown;
}

export interface Request {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Default `ana`; `bob` shares nothing with her, but for what she says. */
  readonly as?: 'ana' | 'bob';
}

export const keyServer = { radl: keyServerDocument, dialect: 'paper', parameters: keyServerParameters };

/** One VM (or more) without a recipe. `system`: what else it asks for. */
export function machines(count = 1, system = '', deploy = `deploy node ${count}`) {
  const radl = `network net\nsystem node (\n  disk.0.os.name = 'linux' and\n  net_interface.0.connection = 'net'${system}\n)\n${deploy}\n`;
  return { radl, dialect: 'im', parameters: {} };
}

type Served = Awaited<ReturnType<typeof servePlatform>>;

/** The platform's server, sagas and store as in production; only sites, shells and configurators are simulated. */
export class BadInputPlatform implements AsyncDisposable {
  readonly simulation: SimulatedPlatform;
  readonly #served: Served;

  private constructor(simulation: SimulatedPlatform, served: Served) {
    this.simulation = simulation;
    this.#served = served;
  }

  static async start(options: BadInputOptions = {}): Promise<BadInputPlatform> {
    const database = await freshDatabase();
    await migrate(database.db, { ...sagaMigrations, ...infrastructureMigrations });
    const store = createPostgresInfrastructureStore(database.db);
    const simulation = await simulatePlatform({ ...options, store });
    return new BadInputPlatform(simulation, await servePlatform(database, simulation, options));
  }

  get reconciler() {
    return this.#served.reconciler;
  }

  async call(
    method: string,
    path: string,
    { body, headers = {}, as = 'ana' }: Request = {},
  ): Promise<Answer> {
    const response = await fetch(new URL(path, this.#served.baseUrl), {
      method,
      headers: {
        authorization: `Bearer ${this.#served.tokens[as]}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      body: body === undefined ? null : JSON.stringify(body),
      signal: AbortSignal.timeout(30_000),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text && JSON.parse(text) };
  }

  /** The stream of a plan's events, as it comes. */
  events(planId: string, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Response> {
    const authorization = `Bearer ${this.#served.tokens.ana}`;
    const url = new URL(`/api/plans/${planId}/events`, this.#served.baseUrl);
    return fetch(url, { headers: { authorization, ...headers }, signal });
  }

  plan(document: unknown, name = 'bad'): Promise<Answer> {
    return this.call('POST', '/api/plans', { body: { name, document } });
  }

  /** Of a plan that must come about. */
  async planned(document: unknown, name = 'bad'): Promise<{ readonly planId: string; readonly id: string }> {
    const { body } = await this.plan(document, name);
    const { kind, plan, infrastructure } = body as Planned;
    if (kind !== 'planned') throw new Error(JSON.stringify(body));
    return { planId: plan.id, id: infrastructure.id };
  }

  apply(planId: string, onFailure: 'undo' | 'keep' = 'undo', as: 'ana' | 'bob' = 'ana'): Promise<Answer> {
    return this.call('POST', `/api/plans/${planId}/apply`, { body: { onFailure }, as });
  }

  /** How a plan ends, and what its steps that failed said. */
  async end(planId: string): Promise<{ readonly saga: string; readonly failures: readonly Failure[] }> {
    const signal = AbortSignal.timeout(40_000);
    const response = await this.events(planId, { accept: 'application/x-ndjson' }, signal);
    const events = (await response.text())
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Failure & { readonly kind: string });
    const { body } = await this.call('GET', `/api/plans/${planId}/status`);
    const failures = events.filter(({ kind }) => kind === 'failed');
    return { saga: (body as { saga: string }).saga, failures };
  }

  async deploy(document: unknown, { name = 'bad', onFailure = 'undo' }: Deployment = {}) {
    const planned = await this.planned(document, name);
    const { status } = await this.apply(planned.planId, onFailure);
    if (status !== 202) throw new Error(`Applying was answered ${status}.`);
    return { ...planned, ...(await this.end(planned.planId)) };
  }

  async status(id: string): Promise<unknown> {
    return (await this.call('GET', `/api/infrastructures/${id}?fresh=true`)).body;
  }

  /** Everything at both sites. */
  leftovers(): readonly string[] {
    const { site, second } = this.simulation;
    return [...site.leftovers(), ...second.world.leftovers()].toSorted();
  }

  async destroy(id: string): Promise<{ readonly status: number; readonly saga: string }> {
    const { status, body } = await this.call('DELETE', `/api/infrastructures/${id}`);
    return { status, saga: (await this.end((body as { id: string }).id)).saga };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#served.close();
    await this.simulation[Symbol.asyncDispose]();
  }
}

export interface Failure {
  readonly stepId: string;
  readonly text?: string;
  readonly errorCode?: string;
}

interface Planned {
  readonly kind: string;
  readonly plan: { readonly id: string };
  readonly infrastructure: { readonly id: string };
}

interface Deployment {
  readonly name?: string;
  readonly onFailure?: 'undo' | 'keep';
}
