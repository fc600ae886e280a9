import { brandId } from '@trencadis/ids';
import { describe, expect, it } from 'vitest';
import { networkXml, readNetwork } from './networks.ts';

const name = brandId('NetworkName', 'net');
const tag = brandId('Tag', 'inf-abc');
const ports = [
  { protocol: 'tcp', from: 443, to: 443 },
  { protocol: 'udp', from: 9000, to: 9010, source: '192.0.2.0/24' },
] as const;

describe('a network', () => {
  it('keeps in its document what is ours', () => {
    const record = { tag, kind: 'public' } as const;
    const document = networkXml({ name, record, subnet: '10.207.3.0/24', openPorts: ports });
    expect(readNetwork(document)).toEqual({
      name,
      subnet: '10.207.3.0/24',
      hasDhcp: true,
      reservations: [],
      record,
      openPorts: ports,
    });
    expect(document).toContain("<range start='10.207.3.2' end='10.207.3.254'/>");
  });

  it('has no way out when it is private, and no addresses when it is lent', () => {
    const own = networkXml({
      name,
      record: { tag, kind: 'private' },
      subnet: '10.207.3.0/28',
      openPorts: [],
    });
    expect(own).not.toContain('forward');
    const lent = { tag, kind: 'public', providerNetwork: 'lan' } as const;
    const note = networkXml({ name, record: lent, openPorts: [] });
    expect(readNetwork(note)).toEqual({
      name,
      hasDhcp: false,
      reservations: [],
      record: lent,
      openPorts: [],
    });
  });

  it('of somebody else is read as it is', () => {
    const dhcp = "<dhcp><range start='a' end='b'/><host mac='52:54:00:00:00:01' ip='192.168.122.9'/></dhcp>";
    const ip = `<ip address='192.168.122.1' netmask='255.255.255.0'>${dhcp}</ip>`;
    expect(
      readNetwork(`<network connections='1'><name>default</name><dns enable='no'/>${ip}</network>`),
    ).toEqual({
      name: 'default',
      subnet: '192.168.122.0/24',
      hasDhcp: true,
      reservations: [{ mac: '52:54:00:00:00:01', name: '', address: '192.168.122.9' }],
      openPorts: [],
    });
  });
});
