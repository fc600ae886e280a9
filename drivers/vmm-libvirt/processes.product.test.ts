import { brandId, newUuid } from '@trencadis/ids';
import type { VmSpec, VmmDriver } from '@trencadis/vmm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLibvirtVmm } from './index.ts';
import { type RunningLibvirt, startLibvirt } from './testing/index.ts';

const signal = new AbortController().signal;
const tag = brandId('Tag', `two-${newUuid().slice(0, 8)}`);
const outcome = (work: Promise<unknown>) =>
  work.then(() => 'done').catch(({ code }: { code: string }) => code);

describe('two platforms at one libvirt', () => {
  let libvirt: RunningLibvirt;
  let one: VmmDriver;
  let other: VmmDriver;
  const network = { name: brandId('NetworkName', `${tag}-net`), tag, kind: 'private' } as const;
  const spec = (name: string): VmSpec => ({
    name: brandId('VmName', `${tag}-${name}`),
    tag,
    hostName: name,
    image: libvirt.lightImage,
    cpuCount: 1,
    memoryMiB: 128,
    interfaces: [{ network: network.name }],
    disks: [],
    login: { user: 'root', authorizedKey: 'ssh-ed25519 AAAA test' },
  });
  beforeAll(async () => {
    libvirt = await startLibvirt();
    const credentials = { ...libvirt.credentials, acceleration: 'tcg' as const };
    [one, other] = [1, 2].map(() => createLibvirtVmm({ credentials, stopTimeoutMs: 500 })) as [
      VmmDriver,
      VmmDriver,
    ];
  });
  afterAll(() => libvirt.stop());

  it('choose different subnets and addresses, and make a VM of one name once', async () => {
    const second = { ...network, name: brandId('NetworkName', `${tag}-two`) };
    const subnets = await Promise.all([
      one.networks.createNetwork(network, signal),
      other.networks.createNetwork(second, signal),
    ]);
    expect(subnets[0].subnet).not.toBe(subnets[1].subnet);
    const pair = await Promise.all([one.createVm(spec('a'), signal), other.createVm(spec('b'), signal)]);
    expect(pair[0].addresses[0]?.address).not.toBe(pair[1].addresses[0]?.address);
    // Both may do it, or one may find the other in its way and be asked again.
    await Promise.all([outcome(one.createVm(spec('c'), signal)), outcome(other.createVm(spec('c'), signal))]);
    const same = [await one.createVm(spec('c'), signal), await other.createVm(spec('c'), signal)];
    expect(same[0]).toEqual(same[1]);
    expect(same[0]).toMatchObject({ status: 'running' });
    expect(await one.listVms(tag, signal)).toHaveLength(3);
    for (const { name } of await other.listVms(tag, signal)) await other.deleteVm(name, signal);
    for (const { name } of subnets) await one.networks.deleteNetwork(name, signal);
    expect(await libvirt.leftovers()).toEqual([]);
  });

  it('are told how machines run here', async () => {
    const auto = createLibvirtVmm({ credentials: libvirt.credentials });
    const rights = await auto.checkRights(signal);
    expect(rights.find(({ right }) => right === 'run machines')?.because).toMatch(/KVM/);
    expect(await libvirt.leftovers()).toEqual([]);
  });
});
