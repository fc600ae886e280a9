import { brandId } from '@trencadis/ids';
import { expect, it } from 'vitest';
import type { NetworkSpec, OpenPorts } from '../model.ts';
import { type Site, type StartSite, codeOf, expectUnsupported, signal } from './site.ts';

const https: OpenPorts = { protocol: 'tcp', from: 443, to: 443 };
const range: OpenPorts = { protocol: 'udp', from: 9000, to: 9010, source: '192.0.2.0/24' };
const ping: OpenPorts = { protocol: 'icmp', from: 0, to: 0 };
const mapped: OpenPorts = { protocol: 'tcp', from: 8080, to: 8080, localPort: 80 };

/** In one order, as a VM manager may keep them in another. */
const inOrder = (ports: NetworkSpec['openPorts'] = []) =>
  ports
    .map(({ protocol, from, to, localPort, source }) => [protocol, from, to, localPort, source].join(' '))
    .toSorted();

async function portsOf(site: Site, { name }: NetworkSpec): Promise<readonly string[]> {
  const listed = await site.driver.networks.listNetworks(site.tag, signal);
  return inOrder(listed.find((each) => each.name === name)?.openPorts);
}

export function testPorts(start: StartSite): void {
  it('opens ports of a network, and others when asked to', async () => {
    const site = start();
    const { networks, capabilities } = site.driver;
    if (!capabilities.networks) {
      return expectUnsupported(networks.updateNetwork(site.networkSpec('none'), signal));
    }
    const spec = { ...site.networkSpec('out', 'public'), openPorts: [https, range, ping] };
    const made = await networks.createNetwork(spec, signal);
    expect(inOrder(made.openPorts)).toEqual(inOrder(spec.openPorts));
    expect(await portsOf(site, spec)).toEqual(inOrder(spec.openPorts));
    const fewer = { ...spec, openPorts: [https] };
    expect(inOrder((await networks.createNetwork(fewer, signal)).openPorts)).toEqual(inOrder(spec.openPorts));
    expect(inOrder((await networks.updateNetwork(fewer, signal)).openPorts)).toEqual(inOrder([https]));
    await networks.updateNetwork(fewer, signal);
    expect(await portsOf(site, spec)).toEqual(inOrder([https]));
    await networks.updateNetwork(site.networkSpec('out', 'public'), signal);
    expect(await portsOf(site, spec)).toEqual([]);
  });

  it('maps a port to another, or says that it cannot and leaves nothing', async () => {
    const site = start();
    const { networks, capabilities } = site.driver;
    const spec = { ...site.networkSpec('mapped', 'public'), openPorts: [mapped] };
    const outcome = await codeOf(networks.createNetwork(spec, signal));
    expect(outcome).toBe(capabilities.portMapping ? 'succeeded' : 'unsupported');
    if (!capabilities.networks) return;
    expect(await portsOf(site, spec)).toEqual(capabilities.portMapping ? inOrder([mapped]) : []);
    expect(await networks.listNetworks(site.tag, signal)).toHaveLength(capabilities.portMapping ? 1 : 0);
  });

  it('changes nothing but the ports of a network, and only of one that is there', async () => {
    const site = start();
    const { networks, capabilities } = site.driver;
    if (!capabilities.networks) return;
    const absent = site.networkSpec('absent', 'public');
    expect(await codeOf(networks.updateNetwork(absent, signal))).toBe('not-found');
    const spec = site.networkSpec('in');
    const made = await networks.createNetwork(spec, signal);
    expect(await codeOf(networks.updateNetwork({ ...spec, kind: 'public' }, signal))).toBe('unsupported');
    const foreign = { ...spec, tag: brandId('Tag', `${site.tag}-other`) };
    expect(await codeOf(networks.updateNetwork(foreign, signal))).toBe('conflict');
    expect(await networks.listNetworks(site.tag, signal)).toEqual([made]);
  });
}
