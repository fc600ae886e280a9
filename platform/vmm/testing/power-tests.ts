import type { VmName } from '@trencadis/ids';
import { expect, it } from 'vitest';
import { type Site, type StartSite, codeOf, signal } from './site.ts';

async function expectUnsupported(site: Site, name: VmName): Promise<void> {
  expect(await codeOf(site.driver.stopVm(name, signal))).toBe('unsupported');
  expect(await codeOf(site.driver.startVm(name, signal))).toBe('unsupported');
  expect(await codeOf(site.driver.rebootVm(name, signal))).toBe('unsupported');
}

export function testPower(start: StartSite): void {
  it('stops and starts a VM, and what is known of it stays', async () => {
    const site = start();
    const { power, networks } = site.driver.capabilities;
    const interfaces = networks ? [{ network: (await site.network('net')).name }] : [];
    const spec = site.vm('cycle', { interfaces });
    await site.driver.createVm(spec, signal);
    const before = await site.running(spec.name);
    if (!power) return expectUnsupported(site, spec.name);
    await site.driver.stopVm(spec.name, signal);
    const between = await site.stopped(spec.name);
    await site.driver.stopVm(spec.name, signal);
    await site.driver.startVm(spec.name, signal);
    await site.driver.startVm(spec.name, signal);
    const after = await site.running(spec.name);
    for (const vm of [between, after]) {
      expect(vm.hostKeys).toEqual(before.hostKeys);
      expect(vm.addresses).toEqual(before.addresses);
    }
  });

  it('keeps a stopped VM stopped when it is created again', async () => {
    const site = start();
    if (!site.driver.capabilities.power) return;
    const spec = site.vm('at-rest');
    await site.driver.createVm(spec, signal);
    await site.running(spec.name);
    await site.driver.stopVm(spec.name, signal);
    expect((await site.driver.createVm(spec, signal)).status).toBe('stopped');
  });

  it('reboots a VM, and starts one that is off', async () => {
    const site = start();
    const { spec, vm } = await site.started('again');
    if (!site.driver.capabilities.power) return expectUnsupported(site, spec.name);
    await site.driver.rebootVm(spec.name, signal);
    const { hostKeys, addresses } = await site.running(spec.name);
    expect({ hostKeys, addresses }).toEqual({ hostKeys: vm.hostKeys, addresses: vm.addresses });
    await site.driver.stopVm(spec.name, signal);
    await site.driver.rebootVm(spec.name, signal);
    await site.running(spec.name);
  });

  it('neither starts nor stops nor reboots what is not there', async () => {
    const site = start();
    const expected = site.driver.capabilities.power ? 'not-found' : 'unsupported';
    expect(await codeOf(site.driver.startVm(site.vmName('absent'), signal))).toBe(expected);
    expect(await codeOf(site.driver.stopVm(site.vmName('absent'), signal))).toBe(expected);
    expect(await codeOf(site.driver.rebootVm(site.vmName('absent'), signal))).toBe(expected);
  });
}
