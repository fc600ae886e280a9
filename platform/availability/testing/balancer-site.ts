import { pollUntil, systemClock } from '@trencadis/clock';
import { type ErrorCode, isPlatformError } from '@trencadis/errors';
import { type Tag, type VmName, brandId, newUuid } from '@trencadis/ids';
import type {
  Balancer,
  BalancerDriver,
  BalancerSpec,
  CheckSpec,
  FrontendSpec,
  MemberPlace,
  MemberSpec,
  MemberState,
  MemberStatus,
  PoolSpec,
} from '../balancer.ts';
import type { Backend } from './backend.ts';
import type { BalancerHarness } from './balancer-harness.ts';
import type { BalancerAnswer, BalancerRequest } from './send-request.ts';

export const signal = new AbortController().signal;
export type StartSite = () => BalancerSite;

export async function codeOf(promise: Promise<unknown>): Promise<ErrorCode | undefined> {
  try {
    await promise;
    return undefined;
  } catch (error) {
    if (isPlatformError(error)) return error.code;
    throw error;
  }
}

/** What one test makes: names of its own, so that tests never meet. */
export class BalancerSite {
  readonly tag: Tag = brandId('Tag', `bal-${newUuid().slice(0, 8)}`);
  readonly driver: BalancerDriver;
  readonly harness: BalancerHarness;

  constructor(harness: BalancerHarness) {
    this.harness = harness;
    this.driver = harness.driver;
  }

  neighbour(): BalancerSite {
    return new BalancerSite(this.harness);
  }

  name(label = 'main'): string {
    return `${this.tag}-${label}`;
  }

  port(index = 0): number {
    return this.harness.ports[index]!;
  }

  backend(index: number): Backend {
    return this.harness.backends[index]!;
  }

  /** The quickest that the product keeps. */
  check(changes: Partial<CheckSpec> = {}): CheckSpec {
    const intervalMs = Math.max(500, this.driver.capabilities.check.leastIntervalMs);
    return {
      protocol: this.#speaksHttp ? 'http' : 'tcp',
      method: 'GET',
      path: '/health',
      status: 200,
      intervalMs,
      timeoutMs: Math.max(400, intervalMs - 1000),
      fall: 2,
      rise: 2,
      ...changes,
    };
  }

  get #speaksHttp(): boolean {
    return this.driver.capabilities.protocols.includes('http');
  }

  pool(name = 'web', changes: Partial<PoolSpec> = {}): PoolSpec {
    return {
      name,
      protocol: this.#speaksHttp ? 'http' : 'tcp',
      algorithm: 'roundrobin',
      isSticky: false,
      drainMs: 5000,
      slowStartMs: 0,
      failsOpen: !this.driver.capabilities.failClosed,
      check: this.check(),
      ...changes,
    };
  }

  frontend(name = 'web', changes: Partial<FrontendSpec> = {}): FrontendSpec {
    const protocol = this.#speaksHttp ? 'http' : 'tcp';
    return { name, port: this.port(), protocol, routes: [], defaultPool: 'web', ...changes };
  }

  spec(changes: Partial<BalancerSpec> = {}): BalancerSpec {
    const { networks } = this.harness;
    return {
      name: this.name(),
      tag: this.tag,
      frontends: [this.frontend()],
      pools: [this.pool()],
      ...(networks === undefined ? {} : { networks }),
      ...changes,
    };
  }

  member(backend: Backend | number, changes: Partial<MemberSpec> = {}): MemberSpec {
    const { name, address, port } = typeof backend === 'number' ? this.backend(backend) : backend;
    return { pool: 'web', name, address, port, weight: 100, ...changes };
  }

  place(backend: Backend | number, pool = 'web'): MemberPlace {
    const { name } = typeof backend === 'number' ? this.backend(backend) : backend;
    return { balancer: this.name(), pool, name };
  }

  /** Applied, with those backends as members that are up. */
  async started(backends: readonly number[], changes: Partial<BalancerSpec> = {}): Promise<Balancer> {
    await this.driver.applyBalancer(this.spec(changes), signal);
    for (const index of backends) await this.joined(index);
    return (await this.driver.describeBalancer(this.name(), signal))!;
  }

  async joined(backend: Backend | number, changes: Partial<MemberSpec> = {}): Promise<MemberStatus> {
    const member = this.member(backend, changes);
    await this.driver.addMember(this.name(), member, signal);
    await this.setHealth({ ...member, balancer: this.name() }, true);
    return await this.untilMember(member, 'up');
  }

  /** Where nobody looks, what a look would have found. */
  async setHealth({ balancer, pool, name }: MemberPlace, isHealthy: boolean): Promise<void> {
    const { health } = this.harness;
    if (typeof health === 'function') await health({ balancer, pool, name }, isHealthy);
  }

  async findMember(pool: string, name: VmName): Promise<MemberStatus | undefined> {
    const balancer = await this.driver.describeBalancer(this.name(), signal);
    return balancer?.members.find((member) => member.pool === pool && member.name === name);
  }

  async untilMember(
    { pool, name }: Pick<MemberPlace, 'pool' | 'name'>,
    state: MemberState,
  ): Promise<MemberStatus> {
    let last: MemberStatus | undefined;
    const found = await this.#until(async () => {
      last = await this.findMember(pool, name);
      return last?.state === state ? last : undefined;
    });
    if (found === undefined) {
      throw new Error(`Member ${name} of ${pool} should be ${state} and is ${JSON.stringify(last)}.`);
    }
    return found;
  }

  /** The answer as soon as it is as wished; the last one otherwise. */
  async untilAnswer(
    balancer: Balancer,
    asked: Partial<BalancerRequest>,
    isWished: (answer: BalancerAnswer) => boolean,
  ): Promise<BalancerAnswer | undefined> {
    let last: BalancerAnswer | undefined;
    await this.#until(async () => {
      last = await this.send(balancer, asked);
      return isWished(last) ? last : undefined;
    });
    return last;
  }

  async send(balancer: Balancer, asked: Partial<BalancerRequest> = {}): Promise<BalancerAnswer> {
    const { send } = this.harness;
    if (send === undefined) throw new Error('This harness has no data path.');
    return await send(balancer, { port: this.port(), protocol: 'http', ...asked });
  }

  async #until<Found>(probe: () => Promise<Found | undefined>): Promise<Found | undefined> {
    const { intervalMs, timeoutMs } = this.check();
    const deadlineMs = 3 * (intervalMs + timeoutMs) + (this.harness.settleMs ?? 20_000);
    return await pollUntil(probe, { clock: systemClock, everyMs: 100, deadlineMs });
  }

  async sweep(): Promise<void> {
    for (const { name } of await this.driver.listBalancers(this.tag, signal)) {
      await this.driver.deleteBalancer(name, signal);
    }
    for (const backend of this.harness.backends) await backend.restart();
  }
}
