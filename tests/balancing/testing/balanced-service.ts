import type {
  Balancer,
  BalancerDriver,
  BalancerHost,
  BalancerSpec,
  MemberSpec,
  MemberState,
} from '@trencadis/availability';
import type { Backend } from '@trencadis/availability/conformance';
import { createHaproxyBalancer } from '@trencadis/balancer-haproxy';
import { pollUntil, systemClock } from '@trencadis/clock';
import { brandId } from '@trencadis/ids';

const never = new AbortController().signal;
const stateMs = 40_000;

/** A service behind a balancer, with the checks that the platform asks for by itself (HC-02). */
export class BalancedService {
  readonly name = 'portal';
  readonly hosts: readonly BalancerHost[];
  readonly spec: BalancerSpec;

  constructor(hosts: readonly BalancerHost[], changes: Partial<BalancerSpec> = {}) {
    this.hosts = hosts;
    const check = { protocol: 'http', method: 'GET', path: '/health', status: 200 } as const;
    const times = { intervalMs: 2000, timeoutMs: 1000, fall: 2, rise: 2 };
    this.spec = {
      name: this.name,
      tag: brandId('Tag', 'balancing'),
      frontends: [{ name: 'web', port: 8080, protocol: 'http', routes: [], defaultPool: 'web' }],
      pools: [
        {
          name: 'web',
          protocol: 'http',
          algorithm: 'roundrobin',
          isSticky: false,
          drainMs: 5000,
          slowStartMs: 0,
          failsOpen: true,
          check: { ...check, ...times },
        },
      ],
      ...changes,
    };
  }

  /** As a newly started platform has it: it knows nothing but the hosts. */
  driver(): BalancerDriver {
    return createHaproxyBalancer({ hosts: this.hosts, clock: systemClock });
  }

  member({ name, address, port }: Backend): MemberSpec {
    return { pool: 'web', name, address, port, weight: 100 };
  }

  async start(backends: readonly Backend[]): Promise<Balancer> {
    const driver = this.driver();
    await driver.applyBalancer(this.spec, never);
    await Promise.all(backends.map((backend) => driver.addMember(this.name, this.member(backend), never)));
    for (const backend of backends) await this.untilState(backend, 'up');
    return (await driver.describeBalancer(this.name, never))!;
  }

  /** How long it took until the member was seen so, as a controller looks. */
  async untilState(backend: Backend, state: MemberState, driver = this.driver()): Promise<number> {
    const start = performance.now();
    let last: unknown;
    const look = async (): Promise<true | undefined> => {
      const balancer = await driver.describeBalancer(this.name, never);
      last = balancer?.members.find(({ name }) => name === backend.name);
      return balancer?.members.some((member) => member.name === backend.name && member.state === state)
        ? true
        : undefined;
    };
    const found = await pollUntil(look, { clock: systemClock, everyMs: 50, deadlineMs: stateMs });
    if (!found) throw new Error(`${backend.name} should be ${state} and is ${JSON.stringify(last)}.`);
    return Math.round(performance.now() - start);
  }

  async delete(): Promise<void> {
    await this.driver().deleteBalancer(this.name, never);
  }
}
