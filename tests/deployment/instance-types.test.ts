import type { InstanceType } from '@trencadis/vmm';
import { describe, expect, it } from 'vitest';
import { partsDocument } from './parts-document.ts';
import { keyServerRequest, SimulatedService } from './simulated-service.ts';

const priced = (name: string, cpuCount: number, memoryMiB: number, perHour: number): InstanceType => ({
  name,
  cpuCount,
  memoryMiB,
  architecture: 'x86_64',
  price: { currency: 'USD', perHour },
});
const instanceTypes = [
  priced('t3.micro', 2, 1024, 0.0104),
  priced('t3.small', 2, 2048, 0.0208),
  priced('t3.large', 2, 8192, 0.0832),
];
const cheaper = [...instanceTypes, priced('a1.nano', 1, 1024, 0.001)];
const zones = ['a', 'b'];
const document = partsDocument({
  cloud: 'memory',
  more: "availability_zone = 'b' and instance_type = 't3.*' and",
});
const ofStore = ({ systemId }: { readonly systemId: string }) => systemId === 'STORE';

async function deployed(): Promise<SimulatedService> {
  const simulated = await SimulatedService.start({ instanceTypes, zones });
  const plan = await simulated.plan(document);
  await simulated.apply(plan);
  expect(await simulated.wait(plan)).toBe('succeeded');
  return simulated;
}

describe('instance types', () => {
  it('are in the plan with their size, price and reason, in its cost, and in the status', async () => {
    await using simulated = await SimulatedService.start({ instanceTypes, zones });
    const plan = await simulated.plan(document);
    const store = plan.steps.find(({ id }) => id.startsWith('create-vm:') && id.includes('store'));
    expect(store?.title).toContain(
      '(t3.micro: 2 CPU, 1024 MiB, 0.0104 USD/h, cheapest of 3 that fit; zone b)',
    );
    expect(plan.cost).toEqual({ currency: 'USD', perHour: expect.closeTo(3 * 0.0104), unpriced: [] });
    expect(plan.target.usage).toEqual({ vms: 3, cpuCount: 6, memoryMiB: 3072 });
    await simulated.apply(plan);
    expect(await simulated.wait(plan)).toBe('succeeded');
    const status = await simulated.statusOf(plan);
    expect(status.phase).toBe('deployed');
    expect(status.vms.find(ofStore)).toMatchObject({ instanceType: 't3.micro', zone: 'b' });
  });

  it('stay when cheaper ones appear; a VM that is altered gets another, and keeps that', async () => {
    await using simulated = await deployed();
    await simulated.restart({ instanceTypes: cheaper, zones });
    const again = await simulated.plan(document);
    expect(again.steps).toEqual([]);
    const vm = [...simulated.platform.site.vms.keys()].find((name) => name.includes('store'))!;
    const radl = 'system STORE (memory.size = 2048Mi)';
    const alter = await simulated.planChange(again, { kind: 'alter', vm, radl, dialect: 'trencadis' });
    expect(alter.steps.map(({ title }) => title)).toContain(
      `change VM ${vm} in place (t3.micro -> t3.small, 1024 -> 2048 MiB; restarts it)`,
    );
    await simulated.apply(alter);
    expect(await simulated.wait(alter)).toBe('succeeded');
    expect((await simulated.planChange(alter, { kind: 'repair' })).steps).toEqual([]);
    expect((await simulated.statusOf(alter)).vms.find(ofStore)?.instanceType).toBe('t3.small');
  });

  it('that do not fit are told with the nearest miss, in the document', async () => {
    await using simulated = await SimulatedService.start({ instanceTypes, zones });
    const radl = document.replace('memory.size >= 1g', 'memory.size >= 64g');
    const request = { ...keyServerRequest, document: { ...keyServerRequest.document, radl } };
    const planning = await simulated.service.plan(request, AbortSignal.timeout(10_000));
    expect(planning).toMatchObject({
      kind: 'problems',
      diagnostics: [
        {
          code: 'RADL411',
          message: expect.stringContaining('STORE: no instance type fits: the largest has 8192 MiB'),
        },
      ],
    });
  });
});
