import { expect, test } from 'vitest';
import { configureOf, deployedSystems } from './deployed-systems.ts';
import { intervalOf, textOf, textsOf } from './features.ts';
import type { RadlSystem } from './model.ts';
import { parseRadl } from './parse.ts';
import {
  applicationsOf,
  disksOf,
  interfacesOf,
  isSystemRepaired,
  softGroupsOf,
} from './system-requirements.ts';

function system(features: string): RadlSystem {
  return parseRadl(`system s (${features})`).document.systems[0]!;
}

test('bounds are merged over all repeats, sizes in bytes, soft groups left out', () => {
  const s = system(
    'memory.size >= 512M and memory.size > 1K and memory.size < 1Gi and soft 1 (memory.size >= 1G)',
  );
  expect(intervalOf(s, 'memory.size')).toEqual({
    low: { value: 512e6, isStrict: false },
    high: { value: 2 ** 30, isStrict: true },
  });
  expect(intervalOf(s, 'cpu.count')).toBeUndefined();
  expect(intervalOf(softGroupsOf(s)[0]!, 'memory.size')?.low?.value).toBe(1e9);
});

test('a count has no bytes: a wrong unit does not multiply it', () => {
  expect(intervalOf(system('cpu.count = 2 G'), 'cpu.count')?.low?.value).toBe(2);
});

test('texts', () => {
  const s = system("disk.0.image.url = ['a', 'b'] and cpu.arch = 'x86_64' and disk.0.os.version >= '5'");
  expect(textOf(s, 'cpu.arch')).toBe('x86_64');
  expect(textOf(s, 'disk.0.os.version')).toBeUndefined();
  expect(textsOf(s, 'disk.0.image.url')).toEqual(['a', 'b']);
});

test('applications are merged by name; each comparison of a version is a request', () => {
  const s = system(`disk.0.applications contains (name = 'a' and version >= '1' and preinstalled = 'yes') and
    disk.0.applications contains (name = 'b' and path = '/b') and
    disk.0.application contains (name = 'a', version < '2') and
    disk.0.applications contains (version = '3')`);
  expect(applicationsOf(s)).toEqual([
    { name: 'a', operator: '>=', version: '1', preinstalled: true },
    { name: 'a', operator: '<', version: '2', preinstalled: true },
    { name: 'b', path: '/b' },
  ]);
});

test('soft groups come heaviest first', () => {
  expect(
    softGroupsOf(system('soft 1 () and soft 30 (x = 1) and soft 2 ()')).map(({ weight }) => weight),
  ).toEqual([30, 2, 1]);
});

test('interfaces and data disks by index', () => {
  const s = system(`net_interface.1.connection = 'b' and net_interface.0.connection = 'a' and
    net_interface.0.ip = '10.0.0.1' and net_interface.0.dns_name = 'n#N#' and
    disk.2.size = 10G and disk.1.size >= 1G and disk.1.size <= 2G and disk.1.mount_path = '/d' and
    disk.1.fstype = 'ext4' and disk.1.persistent = 'yes' and disk.1.name = 'keys' and disk.0.size = 1G`);
  expect(interfacesOf(s)).toEqual([
    { index: 0, networkId: 'a', ip: '10.0.0.1', dnsName: 'n#N#' },
    { index: 1, networkId: 'b' },
  ]);
  expect(disksOf(s)).toEqual([
    { index: 1, sizeBytes: 1e9, mountPath: '/d', fstype: 'ext4', persistent: true, name: 'keys' },
    { index: 2, sizeBytes: 10e9 },
  ]);
});

test("a system is repaired by the platform only where it says 'yes'", () => {
  expect(isSystemRepaired(system("repair = 'yes'"))).toBe(true);
  expect(isSystemRepaired(system("repair = 'no'"))).toBe(false);
  expect(isSystemRepaired(system('cpu.count = 1'))).toBe(false);
});

test('deploys of one system on one cloud add up', () => {
  const { document } = parseRadl(
    'system s ()\nsystem t ()\ndeploy s 1\ndeploy t 1 one\ndeploy s 2\ndeploy s 4 one',
  );
  expect(deployedSystems(document).map((each) => [each.system.id, each.count, each.cloudId])).toEqual([
    ['s', 3, undefined],
    ['t', 1, 'one'],
    ['s', 4, 'one'],
  ]);
});

test('without contextualize a system has the configure of its name', () => {
  const { document } = parseRadl('system s ()\nsystem t ()\nconfigure s ()');
  expect(configureOf(document, 's').map(({ configure }) => configure.id)).toEqual(['s']);
  expect(configureOf(document, 't')).toEqual([]);
});

test('contextualize gives the configures by step; of a pair listed twice the later counts', () => {
  const { document } = parseRadl(`system s () configure s () configure a () configure b ()
contextualize (system s configure a step 1 system s configure b step 2 system s configure a step 3
  system t configure s)`);
  expect(configureOf(document, 's').map(({ configure, step }) => [configure.id, step])).toEqual([
    ['b', 2],
    ['a', 3],
  ]);
});
