import { brandId } from '@trencadis/ids';
import { expect, it } from 'vitest';
import { type StartSite, codeOf, expectUnsupported, signal } from './site.ts';

/** Kept for documentation and benchmarks (RFC 2544), so that no route of a test's host is in the way. */
const subnet = '198.18.77.0/28';
const first = '198.18.77.9';
const outside = '198.18.78.9';

export function testAddresses(start: StartSite): void {
  it('gives a network the subnet and a VM the address that are asked for, or says that it cannot', async () => {
    const site = start();
    const { networks, capabilities } = site.driver;
    if (!capabilities.networks) return;
    const spec = { ...site.networkSpec('asked'), subnet };
    if (!capabilities.addressing) {
      const { name: network } = await site.network('in');
      const vm = site.vm('placed', { interfaces: [{ network, address: first }] });
      await expectUnsupported(site.driver.createVm(vm, signal));
      return expectUnsupported(networks.createNetwork(spec, signal));
    }
    expect(await networks.createNetwork(spec, signal)).toMatchObject(spec);
    const at = (label: string, address: string) =>
      site.vm(label, { interfaces: [{ network: spec.name, address }] });
    const vm = at('placed', first);
    await site.driver.createVm(vm, signal);
    const { addresses } = await site.running(vm.name);
    expect(addresses).toMatchObject([{ network: spec.name, address: first }]);
    expect(await codeOf(site.driver.createVm(at('rival', first), signal))).toBe('conflict');
    expect(await codeOf(site.driver.createVm(at('astray', outside), signal))).toBe('invalid-argument');
    expect(await site.driver.listVms(site.tag, signal)).toHaveLength(1);
    const other = site.vm('other', { interfaces: [{ network: spec.name }] });
    await site.driver.createVm(other, signal);
    expect((await site.running(other.name)).addresses[0]?.address).not.toBe(first);
  });

  it('uses a network of the VM manager, which stays', async () => {
    const site = start();
    const { networks, capabilities } = site.driver;
    if (!capabilities.networks) return;
    const unknown = { ...site.networkSpec('lent'), providerNetwork: `${site.tag}-absent` };
    expect(await codeOf(networks.createNetwork(unknown, signal))).toBe(
      capabilities.providerNetworks ? 'not-found' : 'unsupported',
    );
    expect(await networks.listNetworks(site.tag, signal)).toEqual([]);
    const { providerNetwork } = site;
    if (!capabilities.providerNetworks) return;
    if (providerNetwork === undefined) throw new Error('the harness names no network of the VM manager');
    const spec = { ...site.networkSpec('lent'), providerNetwork };
    const made = await networks.createNetwork(spec, signal);
    expect(made).toMatchObject(spec);
    expect(await networks.listNetworks(site.tag, signal)).toEqual([made]);
    const vm = site.vm('guest', { interfaces: [{ network: spec.name }] });
    await site.driver.createVm(vm, signal);
    expect((await site.running(vm.name)).addresses.map(({ network }) => network)).toEqual([spec.name]);
    await site.driver.deleteVm(vm.name, signal);
    await networks.deleteNetwork(spec.name, signal);
    const again = { ...spec, name: brandId('NetworkName', `${site.tag}-again`) };
    expect((await networks.createNetwork(again, signal)).subnet).toBe(made.subnet);
  });
}
