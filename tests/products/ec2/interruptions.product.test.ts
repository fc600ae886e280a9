import type { BalancerDriver, BalancerSpec, ScalingGroupDriver } from '@trencadis/availability';
import { createAutoScalingGroups, createElbBalancer } from '@trencadis/balancer-elb';
import { balancerContents } from '@trencadis/balancer-elb/testing';
import { createAuthority, issueServerCertificate } from '@trencadis/certificates';
import { systemClock } from '@trencadis/clock';
import { type NetworkName, type Tag, brandId, newUuid } from '@trencadis/ids';
import { createEc2Vmm } from '@trencadis/vmm-ec2';
import { type TestEc2, accountContents, startEc2 } from '@trencadis/vmm-ec2/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { refusal, startCuttingProxy } from './cutting-proxy.ts';
import { nativeSpec } from './native-group.ts';
import { fullSpec } from './full-spec.ts';

/**
 * A platform that dies, and answers that get lost, after each single thing that changes at Amazon, while a balancer with
 * all that one can have and a scaling group behind it are made, used and removed. moto does every change at once.
 */
const signal = new AbortController().signal;
let ec2: TestEc2;
let network: NetworkName;
let inside: NetworkName;
let certificate: NonNullable<BalancerSpec['frontends'][number]['certificate']>;
let before: ReadonlySet<string>;

beforeAll(async () => {
  ec2 = await startEc2();
  const { credentials, endpoint } = ec2;
  const tag = brandId('Tag', `net-${newUuid().slice(0, 8)}`);
  network = brandId('NetworkName', `${tag}-front`);
  const vmm = createEc2Vmm({ credentials, endpoint, pollEveryMs: 5 });
  await vmm.networks.createNetwork({ name: network, tag, kind: 'public' }, signal);
  // Of its own for instances: moto's interfaces that stay would hold the subnet that a balancer has added.
  inside = brandId('NetworkName', `${tag}-inside`);
  await vmm.networks.createNetwork({ name: inside, tag, kind: 'private' }, signal);
  const authority = await createAuthority({ commonName: 'Interruptions', clock: systemClock });
  const asked = { authority, clock: systemClock, days: 1, dnsNames: ['web.example'], ipAddresses: [] };
  certificate = await issueServerCertificate(asked);
  before = new Set(await contents());
});
afterAll(() => ec2.stop());

async function contents(): Promise<readonly string[]> {
  const all = [...(await accountContents(ec2.ec2)), ...(await balancerContents(ec2))];
  // moto forgets that those of a group's instances go with them.
  return all.filter((item) => !item.startsWith('interface:'));
}
const leftovers = async () => (await contents()).filter((item) => !before.has(item));

interface Drivers {
  readonly balancers: BalancerDriver;
  readonly groups: ScalingGroupDriver;
}

function driversAt(endpoint: string): Drivers {
  const options = { credentials: ec2.credentials, endpoint, pollEveryMs: 5 };
  return { balancers: createElbBalancer(options), groups: createAutoScalingGroups(options) };
}

function scene() {
  const tag = brandId('Tag', `cut-${newUuid().slice(0, 8)}`);
  const spec = fullSpec({ tag, networks: [network, inside], certificate });
  const place = { balancer: spec.name, pool: 'web', name: brandId('VmName', `${tag}-1`) };
  const group = {
    ...nativeSpec(ec2, { name: `${tag}-workers`, tag, network: inside, wish: { min: 1, max: 2 } }),
    pools: [{ balancer: spec.name, pool: 'workers' }],
    schedules: [{ id: 'night', at: '0 22 * * *', timeZone: 'Europe/Madrid', max: 1 }],
  };
  const make = async ({ balancers, groups }: Drivers) => {
    await balancers.applyBalancer(spec, signal);
    const member = { ...place, address: '10.0.0.11', port: 8080, weight: 100 };
    await balancers.addMember(spec.name, member, signal);
    await groups.applyGroup(group, signal);
    const made = await balancers.describeBalancer(spec.name, signal);
    expect(made?.members.map(({ pool, state }) => [pool, state]).toSorted()).toEqual([
      ['web', 'up'],
      ['workers', 'up'],
    ]);
    await balancers.drainMember(place, signal);
    expect(await balancers.listBalancers(tag, signal)).toHaveLength(1);
    expect(await groups.listGroups(tag, signal)).toHaveLength(1);
  };
  return { tag, make };
}

/** As whoever destroys an infrastructure does it: what the listings find is deleted. */
async function sweep({ balancers, groups }: Drivers, tag: Tag): Promise<void> {
  for (const { name } of await groups.listGroups(tag, signal)) await groups.deleteGroup(name, signal);
  for (const { name } of await balancers.listBalancers(tag, signal))
    await balancers.deleteBalancer(name, signal);
}

async function disturbed(
  work: (drivers: Drivers) => Promise<unknown>,
  fateOf: Parameters<typeof startCuttingProxy>[1],
) {
  const proxy = await startCuttingProxy(ec2.endpoint, fateOf);
  try {
    const outcome = await work(driversAt(proxy.endpoint)).then(
      () => 'finished' as const,
      (error: unknown) => {
        if (/none of Amazon|refuses/.test(String(error)) || String(error).includes(refusal))
          return 'died' as const;
        throw error;
      },
    );
    return { outcome, changes: proxy.changes() };
  } finally {
    await proxy.stop();
  }
}

const dyingAfter = (last: number) => (change: number) => (change > last ? 'refuse' : 'pass');

it('finishes a creation that died after any change when it is asked again, or removes what it has left', async () => {
  for (let last = 1; ; last += 1) {
    const { tag, make } = scene();
    const { outcome } = await disturbed(make, dyingAfter(last));
    const drivers = driversAt(ec2.endpoint);
    if (last % 2 === 0) await make(drivers);
    await sweep(drivers, tag);
    expect(await leftovers(), `after ${last} changes`).toEqual([]);
    if (outcome === 'finished') break;
  }
});

it('finishes a removal that died after any change when it is asked again', async () => {
  for (let last = 1; ; last += 1) {
    const { tag, make } = scene();
    const drivers = driversAt(ec2.endpoint);
    await make(drivers);
    const { outcome } = await disturbed((dying) => sweep(dying, tag), dyingAfter(last));
    await sweep(drivers, tag);
    expect(await leftovers(), `after ${last} changes`).toEqual([]);
    if (outcome === 'finished') break;
  }
});

/** Asked twice, Amazon answers the one that is there, or that it is there; moto makes a second one of the same name. */
const isDoubled = /^Create(LoadBalancer|Listener|AutoScalingGroup)$/;

it('goes on when the answer to any change is lost, which the SDK then asks for again', async () => {
  for (let lost = 1; ; lost += 1) {
    const { tag, make } = scene();
    const work = async (drivers: Drivers) => {
      await make(drivers);
      await sweep(drivers, tag);
    };
    const { changes } = await disturbed(work, (change, action) =>
      change === lost && !isDoubled.test(action) ? 'cut' : 'pass',
    );
    await sweep(driversAt(ec2.endpoint), tag);
    expect(await leftovers(), `without answer ${lost}`).toEqual([]);
    if (changes < lost) break;
  }
});
