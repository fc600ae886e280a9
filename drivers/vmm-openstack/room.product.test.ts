import { afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { type Admin, openAdmin } from './testing/admin.ts';
import { TroubleLab, refusal } from './testing/trouble-lab.ts';

const signal = new AbortController().signal;
const { endpoint, credentials, crampedCredentials, image } = inject('openstack');
let admin: Admin;

describe('no room', () => {
  const lab = () => new TroubleLab({ endpoint, credentials, image });
  const cramped = () => new TroubleLab({ endpoint, credentials: crampedCredentials, image });

  beforeAll(async () => {
    admin = await openAdmin(endpoint);
  });
  afterEach(() => admin.expectNothingLeft());

  it('for a flavor on any host leaves nothing', async () => {
    const here = lab();
    await here.createNetwork('public');
    const huge = { instanceType: 't.huge', cpuCount: 8, memoryMiB: 262_144 };
    const error = await refusal(here.driver.createVm(here.onNetwork(huge), signal));
    expect(error).toMatchObject({
      code: 'quota-exceeded',
      message: expect.stringContaining('No valid host'),
    });
    expect(await here.driver.listVms(here.tag, signal)).toEqual([]);
    await here.sweep();
  });

  it('for another flavor leaves a VM as it was', async () => {
    const here = lab();
    await here.driver.createVm(here.spec(), signal);
    const huge = here.spec({ instanceType: 't.huge', cpuCount: 8, memoryMiB: 262_144 });
    expect((await refusal(here.driver.updateVm(huge, signal))).code).toBe('quota-exceeded');
    expect(await here.driver.describeVm(here.vm, signal)).toMatchObject({
      status: 'running',
      memoryMiB: 256,
    });
    await here.sweep();
  });

  it("in the project's quota of VMs leaves nothing", async () => {
    const here = cramped();
    await admin.setQuota('nova', 'cramped', { instances: 0 });
    await here.createNetwork('private');
    const error = await refusal(here.driver.createVm(here.onNetwork(), signal));
    expect(error).toMatchObject({
      code: 'quota-exceeded',
      message: expect.stringContaining('Quota exceeded'),
    });
    await here.sweep();
  });

  it('in the quota of floating addresses leaves nothing', async () => {
    const here = cramped();
    await admin.setQuota('nova', 'cramped', { instances: 5 });
    await admin.setQuota('neutron', 'cramped', { floatingip: 0 });
    await here.createNetwork('public');
    expect((await refusal(here.driver.createVm(here.onNetwork(), signal))).code).toBe('quota-exceeded');
    expect(await here.driver.listVms(here.tag, signal)).toEqual([]);
    await here.sweep();
  });

  it('in the quota of routers leaves nothing', async () => {
    const here = cramped();
    await admin.setQuota('neutron', 'cramped', { router: 0 });
    expect((await refusal(here.createNetwork('public'))).code).toBe('quota-exceeded');
    expect(await here.driver.networks.listNetworks(here.tag, signal)).toEqual([]);
  });

  it('for a disk, by what the cloud has or by the quota, leaves nothing', async () => {
    const here = lab();
    expect((await refusal(here.createDisk(900))).code).toBe('quota-exceeded');
    expect((await refusal(here.createDisk(5000))).code).toBe('quota-exceeded');
    expect(await here.driver.disks.listDisks(here.tag, signal)).toEqual([]);
  });
});
