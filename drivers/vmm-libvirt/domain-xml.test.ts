import { brandId, sha256OfText } from '@trencadis/ids';
import { describe, expect, it } from 'vitest';
import { domainXml } from './domain-xml.ts';
import { readDomain } from './domains.ts';
import type { Facts } from './facts.ts';

const name = brandId('VmName', 'vm-one');
const facts: Facts = {
  tag: brandId('Tag', 'inf-abc'),
  hostName: 'one.example',
  user: 'root',
  image: { location: `/images/it's <a> & "b"`, digest: sha256OfText('image') },
  hostKeys: ['ecdsa-sha2-nistp256 AAAA'],
  attempt: 'a1b2c3d4',
  interfaces: [
    {
      network: brandId('NetworkName', 'net'),
      source: 'net',
      mac: '52:54:0a:cf:00:02',
      address: '10.207.0.2',
    },
  ],
  disks: [
    {
      disk: brandId('DiskName', 'data'),
      mountPath: '/srv',
      volume: 'trencadis.disk.data.inf-abc.1',
      target: 'vdc',
    },
  ],
};
const plan = {
  name,
  uuid: '5c2888ec-23ce-4a33-a413-cafcd34b88b5',
  facts,
  phase: 'started',
  cpuCount: 2,
  memoryMiB: 256,
} as const;
const host = { acceleration: 'tcg', directory: '/pool', cpuKiloHertz: 2_600_000 } as const;

describe('a domain', () => {
  it('tells everything of its VM again, whatever characters are in it', () => {
    const document = domainXml(plan, host).replace("<memory unit='MiB'>256<", "<memory unit='KiB'>262144<");
    expect(readDomain(name, document, 'shut off (crashed)')).toEqual({
      name,
      uuid: plan.uuid,
      state: 'shut off',
      reason: 'crashed',
      phase: 'started',
      facts,
      cpuCount: 2,
      memoryMiB: 256,
    });
  });

  it('boots its kernel with what TCG on a busy host needs, or its own boot loader', () => {
    const boot = { kernel: '/pool/k', initrd: '/pool/i' };
    const direct = domainXml({ ...plan, facts: { ...facts, boot } }, host);
    expect(direct).toContain('tsc_early_khz=2600000 lpj=4000000 no_timer_check');
    expect(direct).not.toContain('<boot order');
    expect(domainXml(plan, host)).toContain("<boot order='1'/>");
    const fast = domainXml({ ...plan, facts: { ...facts, boot } }, { ...host, acceleration: 'kvm' });
    expect(fast).not.toContain('tsc_early_khz');
    expect(fast).toContain("<domain type='kvm'>");
  });

  it('is another’s without our metadata, and none without a document', () => {
    const theirs = domainXml(plan, host).replace(/<metadata>.*<\/metadata>/, '');
    expect(readDomain(name, theirs, 'running')).toBe('foreign');
    expect(readDomain(name, '', '')).toBeUndefined();
  });
});
