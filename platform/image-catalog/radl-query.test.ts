import { readRadl } from '@trencadis/radl';
import { describe, expect, it } from 'vitest';
import type { ImageRequirements, Requirement } from './model.ts';
import { parseRadlQuery, radlImageRequirements } from './radl-query.ts';
import { application, attribute } from './testing/table-1.ts';

function asked(features: string): ImageRequirements {
  const text = `network net (outbound = 'yes')\nsystem one (${features})\ndeploy one 1`;
  const { requirements, diagnostics } = parseRadlQuery(text, { dialect: 'im' });
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  return requirements;
}
const hardOf = (features: string): readonly Requirement[] => asked(features).hard;

describe('radlImageRequirements', () => {
  it.each([
    ["cpu.arch = 'x86_64'", attribute('architecture', '=', 'x86_64')],
    ["disk.0.os.name = 'linux'", attribute('os.name', '=', 'linux')],
    ["disk.0.os.flavour = 'debian'", attribute('os.flavour', '=', 'debian')],
    ["disk.0.os.version >= '12'", attribute('os.version', '>=', '12')],
    ["disk.0.image.url = 'one://host/35'", attribute('location', '=', 'one://host/35')],
    ["disk.0.image.name = 'Base'", attribute('name', '=', 'Base')],
    ["virtual_system_type = 'kvm'", attribute('hypervisor', '=', 'kvm')],
    ["image_type = 'QCOW2'", attribute('format', '=', 'QCOW2')],
    ['memory.size >= 512Mi', attribute('memory.min', '<=', '512MiB')],
    ['memory.size = 2G', attribute('memory.min', '<=', '2GB')],
    ['memory.size >= 1Gi and memory.size <= 4Gi', attribute('memory.min', '<=', '1GiB')],
    ['disk.0.size <= 20G', attribute('disk.min', '<=', '20GB')],
    ['memory.size >= 123', attribute('memory.min', '<=', '123B')],
  ])('asks of the image: %s', (feature, requirement) => {
    expect(hardOf(feature)).toEqual([requirement]);
  });

  it('takes any of several URLs', () => {
    expect(hardOf("disk.0.image.url = ['one://h/1', 'aws://r/ami']")).toEqual([
      {
        kind: 'any',
        of: [attribute('location', '=', 'one://h/1'), attribute('location', '=', 'aws://r/ami')],
      },
    ]);
  });

  it.each([
    ['cpu.count >= 2'],
    ['price <= 1'],
    ["net_interface.0.connection = 'net'"],
    ["disk.0.os.credentials.username = 'me'"],
    ["disk.0.os.credentials.username = 'me' and disk.1.size = 10G and disk.1.fstype = 'ext4'"],
  ])('asks nothing of the image: %s', (feature) => {
    expect(asked(feature)).toEqual({ hard: [], soft: [] });
  });

  it('keeps the path of an application', () => {
    const features = "disk.0.applications contains (name = 'ant' and version >= '1.7' and path = '/opt')";
    expect(hardOf(features)).toEqual([{ ...application('ant', '>=', '1.7'), path: '/opt' }]);
  });

  it('only ranks by an application that need not be in the image', () => {
    const features =
      "disk.0.applications contains (name = 'ant' and preinstalled = 'no') and disk.0.applications contains (name = 'jdk' and preinstalled = 'yes') and soft 5 (disk.0.applications contains (name = 'git'))";
    expect(asked(features)).toEqual({
      hard: [application('jdk')],
      soft: [
        { weight: 5, requirements: [application('git')] },
        { weight: 1, requirements: [application('ant')] },
      ],
    });
  });

  it('keeps soft groups whole, the heaviest first, and drops what asks nothing of an image', () => {
    const features =
      "soft 20 (disk.0.applications contains (name = 'ant')) and soft 50 (disk.0.os.flavour = 'debian' and memory.size >= 1Gi and cpu.count >= 2) and soft 90 (cpu.count >= 4)";
    expect(asked(features).soft).toEqual([
      {
        weight: 50,
        requirements: [attribute('os.flavour', '=', 'debian'), attribute('memory.min', '<=', '1GiB')],
      },
      { weight: 20, requirements: [application('ant')] },
    ]);
  });

  it('is the same from text and from the system', () => {
    const text = "system one (disk.0.os.name = 'linux')";
    const system = readRadl(text).document.systems[0]!;
    expect(radlImageRequirements(system)).toEqual(parseRadlQuery(text).requirements);
  });
});

describe('parseRadlQuery', () => {
  const two = "system one (disk.0.os.name = 'linux')\nsystem two (disk.0.os.name = 'windows')";

  it('asks for the system that is named', () => {
    expect(parseRadlQuery(two, { systemId: 'two' }).requirements.hard).toEqual([
      attribute('os.name', '=', 'windows'),
    ]);
  });

  it.each([
    [two, undefined, '2 systems are described, and an image is sought for one', 'name one of one, two'],
    [two, 'three', "there is no system 'three'", 'name one of one, two'],
    ['network n ()', undefined, 'no system is described, so nothing is asked of an image', undefined],
  ])('says what is missing to choose a system (%#)', (text, systemId, message, hint) => {
    const { requirements, diagnostics } = parseRadlQuery(text, systemId === undefined ? {} : { systemId });
    expect(requirements).toEqual({ hard: [], soft: [] });
    const last = diagnostics.at(-1);
    expect([last?.code, last?.severity, last?.message, last?.hint]).toEqual([
      'RADL312',
      'error',
      message,
      hint,
    ]);
  });

  it('asks nothing when the text is wrong', () => {
    const { requirements, diagnostics } = parseRadlQuery(
      "system one (disk.0.os.name = 'linux' and price = 'x')",
    );
    expect(requirements).toEqual({ hard: [], soft: [] });
    expect(diagnostics.some(({ severity }) => severity === 'error')).toBe(true);
  });
});
