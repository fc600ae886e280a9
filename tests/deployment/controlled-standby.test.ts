import { type GroupState, withStandby } from '@trencadis/availability';
import type { VmName } from '@trencadis/ids';
import { describe, expect, it } from 'vitest';
import { ControlledService } from './controlled-service.ts';

async function begin() {
  const service = await ControlledService.start();
  expect(await service.ticks(2)).toEqual([]);
  const [one, two] = (await service.serving()) as [VmName, VmName];
  return { service, one, two };
}

const edit = (service: ControlledService, vm: VmName, isStandby: boolean) => {
  service.state = withStandby(service.state, vm, isStandby) as GroupState;
};

describe('a replica of a service that is kept', () => {
  it('is out of the balancer after the next decision when it stands by, stays out, and comes back', async () => {
    const { service, one, two } = await begin();
    await using _ = service;
    edit(service, one, true);
    expect(await service.tick()).toMatchObject({ leave: [one], standby: [one] });
    expect(await service.serving()).toEqual([two]);
    expect(await service.tick()).toMatchObject({ counts: { '': 3 }, standby: [one] });
    expect(await service.serving()).toHaveLength(2);
    expect(await service.serving()).not.toContain(one);
    expect(await service.ticks(30)).toEqual([]);
    edit(service, one, false);
    expect(await service.tick()).toMatchObject({ counts: { '': 2 }, finish: [one], standby: [] });
    expect(await service.serving()).toHaveLength(2);
    expect(await service.serving()).toContain(one);
    expect(await service.ticks(30)).toEqual([]);
  });

  it('is let in again when somebody took it from the balancer', async () => {
    const { service, one, two } = await begin();
    await using _ = service;
    service.takeFromBalancer(one);
    expect(await service.serving()).toEqual([two]);
    expect(await service.tick()).toMatchObject({ finish: [one], retire: [], because: `finish ${one}` });
    expect(await service.serving()).toEqual([one, two].toSorted());
    expect(await service.ticks(5)).toEqual([]);
  });

  it('is joined when its VM is there and it never was', async () => {
    const { service, one, two } = await begin();
    await using _ = service;
    await service.forget(one);
    expect(await service.tick()).toMatchObject({ finish: [one] });
    expect(await service.serving()).toEqual([one, two].toSorted());
    expect(await service.ticks(5)).toEqual([]);
  });
});
