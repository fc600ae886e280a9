import { brandId } from '@trencadis/ids';
import { expect, it } from 'vitest';
import { type Site, type StartSite, codeOf, isInside, signal } from './site.ts';

async function expectUnsupported(site: Site): Promise<void> {
  const { networks } = site.driver;
  const spec = site.networkSpec('none');
  expect(await codeOf(networks.createNetwork(spec, signal))).toBe('unsupported');
  expect(await codeOf(networks.deleteNetwork(spec.name, signal))).toBe('unsupported');
  expect(await codeOf(networks.listNetworks(spec.tag, signal))).toBe('unsupported');
}

export function testNetworks(start: StartSite): void {
  it('creates networks once each, lists and deletes them', async () => {
    const site = start();
    const { networks } = site.driver;
    if (!site.driver.capabilities.networks) return expectUnsupported(site);
    const [first, again] = await Promise.all([site.network('in'), site.network('in')]);
    const outer = await site.network('out', 'public');
    expect(again).toEqual(first);
    expect(first).toMatchObject(site.networkSpec('in'));
    expect(first.subnet).not.toBe(outer.subnet);
    const listed = (await networks.listNetworks(site.tag, signal)).map(({ name, kind }) => `${name} ${kind}`);
    expect(listed.toSorted()).toEqual([`${first.name} private`, `${outer.name} public`]);
    expect(await networks.listNetworks(site.neighbour().tag, signal)).toEqual([]);
    const foreign = { ...site.networkSpec('in'), tag: brandId('Tag', `${site.tag}-other`) };
    expect(await codeOf(networks.createNetwork(foreign, signal))).toBe('conflict');
    await networks.deleteNetwork(first.name, signal);
    await networks.deleteNetwork(first.name, signal);
    expect((await networks.listNetworks(site.tag, signal)).map(({ name }) => name)).toEqual([outer.name]);
  });

  it('gives each VM an address on each of its networks, in order', async () => {
    const site = start();
    if (!site.driver.capabilities.networks) return expectUnsupported(site);
    const outer = await site.network('out', 'public');
    const inner = await site.network('in');
    const interfaces = [{ network: outer.name }, { network: inner.name }];
    const front = site.vm('front', { interfaces });
    const back = site.vm('back', { interfaces: [{ network: inner.name }] });
    await Promise.all([site.driver.createVm(front, signal), site.driver.createVm(back, signal)]);
    const [seen, other] = [await site.running(front.name), await site.running(back.name)];
    expect(seen.addresses.map(({ network }) => network)).toEqual([outer.name, inner.name]);
    expect(isInside(seen.addresses[0]!.address, outer.subnet)).toBe(true);
    expect(isInside(seen.addresses[1]!.address, inner.subnet)).toBe(true);
    expect(isInside(other.addresses[0]!.address, inner.subnet)).toBe(true);
    expect(other.addresses[0]!.address).not.toBe(seen.addresses[1]!.address);
    const { shell } = site.driver.capabilities;
    expect(seen.ssh?.user).toBe(shell ? front.login.user : undefined);
  });

  it('keeps a network as long as a VM is on it', async () => {
    const site = start();
    if (!site.driver.capabilities.networks) return expectUnsupported(site);
    const { name } = await site.network('in');
    const spec = site.vm('on-it', { interfaces: [{ network: name }] });
    await site.driver.createVm(spec, signal);
    expect(await codeOf(site.driver.networks.deleteNetwork(name, signal))).toBe('conflict');
    await site.driver.deleteVm(spec.name, signal);
    await site.driver.networks.deleteNetwork(name, signal);
    expect(await site.driver.networks.listNetworks(site.tag, signal)).toEqual([]);
  });
}
