import { fc, test } from '@fast-check/vitest';
import { sha256OfText } from '@trencadis/ids';
import { describe, expect, it } from 'vitest';
import type { Vmi } from '../model.ts';
import { paperVmi } from '../testing/table-1.ts';
import { readOvf } from './ovf-descriptor.ts';
import { printOvf } from './print-ovf.ts';

const artifact = {
  vmm: 'libvirt',
  location: '/x',
  digest: sha256OfText('x'),
  format: 'qcow2',
  hypervisor: 'kvm',
  virtualSizeBytes: 10 * 2 ** 30 + 1,
};
const systemOf = (vmi: Vmi) =>
  readOvf(printOvf(vmi, { artifact, fileName: 'disk.qcow2', fileSizeBytes: 5 }), 'a.ovf')[0];

describe('printOvf', () => {
  it.each([
    ['Debian', '12', 'x86_64'],
    ['Scientific Linux', '5.7', 'x86_64'],
    ['Ubuntu', '22.04', 'aarch64'],
    ['CentOS', '7', 'i386'],
  ])('writes what the importer reads back: %s %s for %s', (flavour, version, architecture) => {
    const operatingSystem = { name: 'linux', flavour, version };
    const vmi = { ...paperVmi('base', 'Base & co.', []), operatingSystem, architecture, minMemoryMiB: 1024 };
    expect(systemOf(vmi)).toMatchObject({
      id: 'Base & co.',
      description: vmi.description,
      operatingSystem,
      memoryMiB: 1024,
      virtualSystemType: 'kvm',
      disks: [{ fileName: 'disk.qcow2', capacityBytes: artifact.virtualSizeBytes, format: 'qcow2' }],
    });
  });

  test.prop([fc.string({ unit: 'grapheme-ascii' }), fc.string({ unit: 'binary' })])(
    'is well-formed whatever the texts are',
    (name, description) => {
      expect(systemOf({ ...paperVmi('base', `a${name}`, []), description })?.id).toBe(`a${name}`.trim());
    },
  );

  it('needs the size of the disk', () => {
    const { virtualSizeBytes: _, ...unknown } = artifact;
    const print = () =>
      printOvf(paperVmi('base', 'Base', []), { artifact: unknown, fileName: 'a', fileSizeBytes: 1 });
    expect(print).toThrow(expect.objectContaining({ code: 'unsupported' }));
  });
});
