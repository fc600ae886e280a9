import { describe, expect, it } from 'vitest';
import { parseVmrcDescriptor } from './vmrc-descriptor.ts';

const whole = `system.name = Base Toolkits
system.hypervisor = kvm
system.location = one://host/35
cpu.arch = x86_64
disk.size = 5000
disk.os.name = linux
disk.os.flavour = Scientific Linux
disk.os.version = 5.7
disk.os.credentials.user = root
disk.applications contains (name = Globus Toolkit, version = 4.2.1, path = /opt/globus)
disk.applications contains (name = grid)`;

describe('parseVmrcDescriptor', () => {
  it('reads all that VMRC registers', () => {
    expect(parseVmrcDescriptor(whole)).toEqual({
      diagnostics: [],
      image: {
        name: 'Base Toolkits',
        hypervisor: 'kvm',
        location: 'one://host/35',
        virtualSizeBytes: 5e9,
        metadata: {
          architecture: 'x86_64',
          operatingSystem: { name: 'linux', flavour: 'Scientific Linux', version: '5.7' },
          applications: [{ name: 'Globus Toolkit', version: '4.2.1', path: '/opt/globus' }, { name: 'grid' }],
          standIns: [],
          defaultUser: 'root',
        },
      },
    });
  });

  it('keeps no password, and says so', () => {
    const { image, diagnostics } = parseVmrcDescriptor(`${whole}\ndisk.os.credentials.password = hunter2`);
    expect(diagnostics).toMatchObject([{ severity: 'warning', line: 12 }]);
    expect(JSON.stringify([image, diagnostics])).not.toContain('hunter2');
  });

  it.each([
    ['system.name = Other', 'name is given twice'],
    ['disk.size >= 5000', 'an image is described with = alone'],
    ['disk.os.name in (linux, windows)', 'an image is described with = alone'],
    ['disk.applications contains (name = a, version >= 1)', 'an image is described with = alone'],
    ['soft 1 vmm = local', 'soft belongs to a query: an image is one way or another'],
    ['vmm = local', 'vmm is not part of a descriptor'],
    ['nonsense = 1', 'unknown attribute nonsense'],
    ['disk.os', 'an operator is expected here'],
  ])('refuses %s', (line, message) => {
    const reading = parseVmrcDescriptor(`${whole}\n${line}`);
    expect(reading.image).toBeUndefined();
    expect(reading.diagnostics).toMatchObject([{ severity: 'error', line: 12, message }]);
  });

  it('names every key that is missing', () => {
    const { diagnostics } = parseVmrcDescriptor("disk.os.flavour = ''");
    expect(diagnostics.map(({ message }) => message)).toEqual([
      'os.flavour is empty',
      'system.name is missing',
      'cpu.arch is missing',
      'disk.os.name is missing',
      'disk.os.flavour is missing',
      'disk.os.version is missing',
    ]);
  });
});
