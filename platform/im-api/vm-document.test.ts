import { brandId, sha256OfText } from '@trencadis/ids';
import { parseRadl } from '@trencadis/radl';
import { expect, it } from 'vitest';
import { propertyOf, vmDocument } from './vm-document.ts';

const { document } = parseRadl(`network public (outbound = 'yes')
system box (net_interface.0.connection = 'public' and instance_type = 't3.*' and cpu.count >= 1)
deploy box 1`);

it('says which instance type a VM has, in which zone it is, and where outsiders reach it', () => {
  const described = vmDocument(document, {
    member: { systemId: 'box', number: 1, ordinal: 0, vmm: 'cloud' },
    state: 'configured',
    addresses: { public: '203.0.113.7' },
    provider: { type: 'ec2' },
    disks: [],
    vm: {
      name: brandId('VmName', 'box-1'),
      tag: brandId('Tag', 'inf-aaaaaaaa'),
      status: 'running',
      image: { location: 'ami-1', digest: sha256OfText('ami-1') },
      cpuCount: 2,
      memoryMiB: 2048,
      addresses: [],
      disks: [],
      hostKeys: [],
      instanceType: 't3.small',
      zone: 'eu-1a',
    },
  });
  const values = ['instance_type', 'availability_zone', 'net_interface.0.ip', 'cpu.count'].map((name) =>
    propertyOf(described!, name),
  );
  expect(values).toEqual(['t3.small', 'eu-1a', '203.0.113.7', 2]);
});
