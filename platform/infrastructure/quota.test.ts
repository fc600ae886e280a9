import type { VmmDriver, VmmOffer } from '@trencadis/vmm';
import { describe, expect, it } from 'vitest';
import { costOf } from './cost.ts';
import type { DesiredVm } from './model.ts';
import { quotaFits, refuseOverQuota, usageOf } from './quota.ts';
import { nothingObserved } from './testing/arbitrary-infrastructure.ts';
import { desiredFront, exampleInfrastructure } from './testing/examples.ts';

const desired = desiredFront(exampleInfrastructure('front'));
const [front] = desired.vms;
const vm = (changes: Partial<DesiredVm>, cpuCount = 1, memoryMiB = 512): DesiredVm => ({
  ...front!,
  ...changes,
  spec: { ...front!.spec, cpuCount, memoryMiB },
});
const on = vm({}, 2, 1024);
const off = vm({ isStopped: true }, 8, 8192);
const elsewhere = vm({ vmm: 'second' });

function offer(key: string, price?: VmmOffer['price']): VmmOffer {
  return {
    key,
    name: key,
    driver: {} as VmmDriver,
    places: [key],
    isOwn: false,
    ...(price ? { price } : {}),
  };
}

describe('quota', () => {
  it('counts what is on', () => {
    expect(usageOf([on, off, elsewhere])).toEqual({ vms: 2, cpuCount: 3, memoryMiB: 1536 });
  });

  it('lets an account have all of it, and says what is left when more is asked for', () => {
    const used = { vms: 1, cpuCount: 1, memoryMiB: 512 };
    const asked = { vms: 2, cpuCount: 3, memoryMiB: 1536 };
    expect(() => refuseOverQuota({ vms: 3, cpuCount: 4, memoryMiB: 2048 }, used, asked)).not.toThrow();
    expect(() => refuseOverQuota({}, used, asked)).not.toThrow();
    expect(() => refuseOverQuota({ cpuCount: 0 }, used, { vms: 2 })).not.toThrow();
    expect(() => refuseOverQuota({ vms: 3, cpuCount: 3 }, used, asked)).toThrow(
      expect.objectContaining({
        code: 'quota-exceeded',
        message: expect.stringMatching(/^3 CPUs are asked for; your quota of 3 has 2 left/) as string,
      }),
    );
  });

  it('shows how what is made fits each VM manager that says so, and counts nothing that is there', () => {
    const limits = { vms: { used: 1, limit: 4 }, memoryMiB: { used: 512, limit: -1 } };
    const vmms = [
      { vmm: 'second', quota: {} },
      { vmm: 'memory', quota: limits },
    ];
    const fits = (observed = nothingObserved) => quotaFits({ desired, observed, vmms });
    expect(fits()).toEqual([{ whose: 'memory', what: 'vms', used: 1, asked: 1, limit: 4 }]);
    const { name, tag, image, cpuCount, memoryMiB, disks, interfaces } = front!.spec;
    const addresses = interfaces.map(({ network }) => ({ network, address: '10.0.0.2' }));
    const there = { name, tag, image, cpuCount, memoryMiB, disks, addresses, hostKeys: [] };
    const vms = [{ ...there, vmm: 'memory', status: 'running' as const }];
    expect(fits({ ...nothingObserved, vms })).toEqual([]);
  });
});

describe('cost', () => {
  it('adds up what runs, by VM, CPU and GiB', () => {
    const price = { currency: 'EUR', perVmHour: 1, perCpuHour: 0.5, perGiBHour: 0.25 };
    expect(costOf([on, off], [offer('memory', price)])).toEqual({
      currency: 'EUR',
      perHour: 1 + 2 * 0.5 + 0.25,
      unpriced: [],
    });
  });

  it('says what it does not count: VM managers without a price, or in another currency', () => {
    const price = { currency: 'EUR', perVmHour: 1 };
    expect(costOf([on, elsewhere], [offer('memory', price), offer('second')])).toEqual({
      currency: 'EUR',
      perHour: 1,
      unpriced: ['second'],
    });
    const dollars = { currency: 'USD', perVmHour: 1 };
    expect(costOf([on, elsewhere], [offer('memory', price), offer('second', dollars)])?.unpriced).toEqual([
      'second',
    ]);
    expect(costOf([on], [offer('memory')])).toBeUndefined();
  });
});
