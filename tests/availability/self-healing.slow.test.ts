import { join } from 'node:path';
import { systemClock } from '@trencadis/clock';
import { brandId } from '@trencadis/ids';
import { createLocalVmm } from '@trencadis/vmm-local';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KeptService } from './kept-service.ts';
import { MachineOfTest } from './machines-of-test.ts';
import { addWebComponent, webDocument } from './web-service.ts';

/** Nothing takes so long while all is well. */
const lateMs = 1_000;
let service: KeptService;

beforeAll(async () => {
  service = await KeptService.start();
  await addWebComponent(service.trencadis, '1.0.0');
  await service.deploy(webDocument({ min: 2, max: 4 }));
});
afterAll(async () => {
  await service[Symbol.asyncDispose]();
});

async function oldest(): Promise<string> {
  const { replicas } = await service.whole(2);
  const [first] = replicas.map(({ name }) => name).toSorted();
  return first!;
}

interface Fault {
  readonly what: string;
  readonly strike: (victim: string) => Promise<void>;
}

const faults: readonly Fault[] = [
  { what: 'is killed', strike: (victim) => new MachineOfTest(victim).kill() },
  { what: 'freezes', strike: (victim) => new MachineOfTest(victim).freeze() },
  { what: 'is unwell', strike: (victim) => new MachineOfTest(victim).write('/run/unwell', '') },
  {
    what: 'is deleted behind the platform’s back',
    strike: async (victim) => {
      const vmm = createLocalVmm({ directory: join(service.trencadis.home, 'local') });
      await vmm.deleteVm(brandId('VmName', victim), AbortSignal.timeout(30_000));
    },
  },
];

describe.each(faults)('a replica that $what', ({ what, strike }) => {
  it('is replaced, and no request fails', async () => {
    const victim = await oldest();
    await using load = await service.load();
    await systemClock.sleep(1_000);
    const at = systemClock.now().getTime();
    await strike(victim);
    const verdict = await service.eventAfter(at, 'unhealthy', victim);
    const launch = await service.eventAfter(at, 'phase');
    const { replicas } = await service.until(
      'whole again',
      ({ inService, replicas: all }) =>
        inService === 2 &&
        all.length === 2 &&
        all.every(({ name, member }) => name !== victim && member === 'up'),
    );
    const { failed, answered } = await load.end();
    expect(replicas).toHaveLength(2);
    expect(failed).toEqual([]);
    // Requests that were sent to it and had to be sent again take long: the last of them tells how long it got any.
    const late = answered.filter(({ at: sent, tookMs }) => sent >= at && tookMs > lateMs);
    const rotationMs = Math.max(0, ...late.map((each) => each.at - at));
    const verdictMs = Date.parse(verdict.at) - at;
    const launchMs = Date.parse(launch.at) - Date.parse(verdict.at);
    console.log(
      `A replica that ${what}: out of rotation after ${rotationMs} ms, verdict ${verdictMs} ms, launch ${launchMs} ms after that; ${answered.length} requests, none failed.`,
    );
  });

  it('is replaced as well by a platform that was killed in the middle', async () => {
    const victim = await oldest();
    await using load = await service.load();
    const at = systemClock.now().getTime();
    await strike(victim);
    await service.eventAfter(at, 'unhealthy', victim);
    await service.killPlatform();
    await service.until(
      'whole again',
      ({ inService, replicas }) =>
        inService === 2 &&
        replicas.length === 2 &&
        replicas.every(({ name, member }) => name !== victim && member === 'up'),
    );
    const { failed } = await load.end();
    expect(failed).toEqual([]);
  });
});

describe('the balancer', () => {
  it('goes on when HAProxy ends, and has all its members again', async () => {
    await service.whole(2);
    const balancer = new MachineOfTest(`${await service.infrastructureId()}-site-balancer-1`);
    await balancer.killProcess('haproxy');
    await service.whole(2);
    const load = await service.load();
    await systemClock.sleep(2_000);
    const { failed, answered } = await load.end();
    expect(failed).toEqual([]);
    expect(new Set(answered.map(({ host }) => host)).size).toBe(2);
  });

  it('comes back when its machine is killed, and has all its members again', async () => {
    await service.whole(2);
    await using load = await service.load();
    const balancer = new MachineOfTest(`${await service.infrastructureId()}-site-balancer-1`);
    const at = systemClock.now().getTime();
    await balancer.kill();
    const backMs = await load.recovery(at);
    await service.whole(2);
    await load.end();
    console.log(
      `The machine of the only balancer was killed: requests were answered again after ${backMs} ms.`,
    );
    const again = await service.load();
    await systemClock.sleep(2_000);
    const { failed, answered } = await again.end();
    expect(failed).toEqual([]);
    expect(new Set(answered.map(({ host }) => host)).size).toBe(2);
  });
});
