import { describe, expect, it } from 'vitest';
import type { ImageRequirements, Requirement } from '../model.ts';
import { application, attribute } from '../testing/table-1.ts';
import { parseVmrcQuery } from './vmrc-query.ts';

/** What text asks that has nothing to complain about. */
function asked(text: string): ImageRequirements {
  const { requirements, diagnostics } = parseVmrcQuery(text);
  expect(diagnostics).toEqual([]);
  return requirements;
}
const hardOf = (text: string): readonly Requirement[] => asked(text).hard;
const problemsOf = (text: string): readonly string[] =>
  parseVmrcQuery(text).diagnostics.map(
    ({ severity, line, column, message }) => `${line}:${column} ${severity}: ${message}`,
  );
const anyOf = (...of: readonly Requirement[]): Requirement => ({ kind: 'any', of });

describe('parseVmrcQuery', () => {
  it.each([
    ['system.name = A', attribute('name', '=', 'A')],
    ['system.hypervisor = kvm', attribute('hypervisor', '=', 'kvm')],
    ['system.location = http://h/a?b=c', attribute('location', '=', 'http://h/a?b=c')],
    ['cpu.arch = x86_64', attribute('architecture', '=', 'x86_64')],
    ['disk.size >= 5000', attribute('disk.size', '>=', '5000MB')],
    ['disk.os.name = linux', attribute('os.name', '=', 'linux')],
    ['disk.os.flavour = Scientific Linux', attribute('os.flavour', '=', 'Scientific Linux')],
    ['disk.os.version>=9.10', attribute('os.version', '>=', '9.10')],
    ['disk.os.credentials.user = root', attribute('defaultUser', '=', 'root')],
  ])("takes VMRC's key: %s", (text, requirement) => {
    expect(hardOf(text)).toEqual([requirement]);
  });

  it.each([
    ['DISK.0.OS.Name == linux', attribute('os.name', '=', 'linux')],
    ["os.flavour != 'Scientific Linux'", attribute('os.flavour', '!=', 'Scientific Linux')],
    ['os.version ~ 5', attribute('os.version', 'prefix', '5')],
    ['disk.size <= 10 gib', attribute('disk.size', '<=', '10GiB')],
    ['memory.min <= 512M', attribute('memory.min', '<=', '512MB')],
    ['defaultuser = "it\'s \\"me\\""', attribute('defaultUser', '=', 'it\'s "me"')],
    ['label.My-Site = upv # where', attribute('label.My-Site', '=', 'upv')],
    ['system.name = a#1', attribute('name', '=', 'a#1')],
    [
      'os.flavour in (Debian, "Scientific Linux" )',
      anyOf(attribute('os.flavour', '=', 'Debian'), attribute('os.flavour', '=', 'Scientific Linux')),
    ],
    ['os.flavour in(Debian)', attribute('os.flavour', '=', 'Debian')],
    [
      'vmm = local || vmm = libvirt || vmm = ec2',
      anyOf(attribute('vmm', '=', 'local'), attribute('vmm', '=', 'libvirt'), attribute('vmm', '=', 'ec2')),
    ],
  ])('takes more than VMRC: %s', (text, requirement) => {
    expect(hardOf(text)).toEqual([requirement]);
  });

  it.each([
    ['disk.applications contains (name = ant)', application('ant')],
    ['disk.applications contains (name = ant, version >= 1.8)', application('ant', '>=', '1.8')],
    ['disk.applications contains (name=com.java,version>=1.6)', application('com.java', '>=', '1.6')],
    ['disk.applications contains (version >= 1.6, name = com.java)', application('com.java', '>=', '1.6')],
    ['disk.0.applications contains( name = Globus Toolkit )', application('Globus Toolkit')],
    ['applications contains (name = globus, version ~ 4)', application('globus', 'prefix', '4')],
    ['disk.application contains (name = ant, version != 1.8)', application('ant', '!=', '1.8')],
    ["disk.applications contains (name = 'a (b), c')", application('a (b), c')],
    [
      'disk.applications contains (name = ant, version = 1.8, path = /opt/ant)',
      { ...application('ant', '=', '1.8'), path: '/opt/ant' },
    ],
    [
      'disk.applications contains (name = ant, version in (1.7, 1.8))',
      anyOf(application('ant', '=', '1.7'), application('ant', '=', '1.8')),
    ],
  ])('takes an application: %s', (text, requirement) => {
    expect(hardOf(text)).toEqual([requirement]);
  });

  it('joins several statements on a key, and both bounds of a version', () => {
    expect(hardOf('os.version >= 5\nos.version < 6 && vmm = local')).toEqual([
      attribute('os.version', '>=', '5'),
      attribute('os.version', '<', '6'),
      attribute('vmm', '=', 'local'),
    ]);
    expect(hardOf('disk.applications contains (name = a, version >= 1, version < 2)')).toEqual([
      application('a', '>=', '1'),
      application('a', '<', '2'),
    ]);
  });

  it('takes soft on any key, a line as one group, its weight a number', () => {
    const text = 'soft 25 disk.os.version >= 11.15\nSOFT 2.5 vmm = local && os.name = linux\nsoft 0 name = x';
    expect(asked(text)).toEqual({
      hard: [],
      soft: [
        { weight: 25, requirements: [attribute('os.version', '>=', '11.15')] },
        { weight: 2.5, requirements: [attribute('vmm', '=', 'local'), attribute('os.name', '=', 'linux')] },
        { weight: 0, requirements: [attribute('name', '=', 'x')] },
      ],
    });
  });

  it('passes over blank lines, comments and line ends of every system', () => {
    expect(hardOf('\uFEFF# all of it\r\n\r\n  os.name = linux \r\tvmm = local # here\n   # end')).toEqual([
      attribute('os.name', '=', 'linux'),
      attribute('vmm', '=', 'local'),
    ]);
    expect(asked('')).toEqual({ hard: [], soft: [] });
  });

  it.each([
    ['memory.size >= 1024', '1:1 error: unknown attribute memory.size'],
    ['  disk.os.nam = x', '1:3 error: unknown attribute disk.os.nam'],
    ['system.name =', '1:14 error: a value is missing here'],
    ['system.name', '1:12 error: an operator is expected here'],
    ['system.name => x', "1:14 error: a value is expected here, not '>'"],
    ["name = 'x", '1:8 error: this text has no closing quote'],
    ["name = 'x' y", '1:12 error: the statement ends before this'],
    ['= x', '1:1 error: a key is expected here'],
    ['soft name = x', '1:6 error: soft needs a weight'],
    ['soft -1 name = x', '1:6 error: -1 is no weight'],
    ['a = 1 && b = 2 || c = 3', '1:19 error: && and || are mixed in one line'],
    ['disk.size ~ 5GB', '1:1 error: disk.size is a size, and ~ compares text'],
    ['disk.size >= many', "1:1 error: 'many' is no size"],
    ['os.name contains (name = x)', '1:1 error: os.name contains nothing'],
    ['disk.applications = ant', '1:1 error: unknown attribute disk.applications'],
    ['disk.applications contains ant', "1:28 error: '(' is expected behind contains"],
    ['disk.applications contains (name = ant', "1:39 error: ',' or ')' is expected here"],
    ['disk.applications contains (version = 1)', '1:1 error: the application has no name'],
    ['disk.applications contains (name = a, name = b)', '1:39 error: name is given twice'],
    ['disk.applications contains (name = a, size = 1)', '1:39 error: unknown attribute size'],
    ['disk.applications contains (name >= a)', '1:29 error: name takes = and one value'],
    ['os.name in ()', '1:13 error: a value is missing here'],
    ['vmm = a || cpu.count = 1', '1:1 error: each side of || must ask for one thing'],
    ['cpu.count >= 2', '1:1 warning: an image has no number of CPUs: this is ignored'],
    ['system.name > a', '1:1 warning: system.name has no order, so > never holds'],
  ])('complains about %s', (text, problem) => {
    expect(problemsOf(text)).toContain(problem);
  });

  it('tells every problem, keeps the rest, and asks no half of a statement', () => {
    const text = 'os.name = linux\nbad = 1\nvmm = local && worse = 2\nname ?';
    const { requirements } = parseVmrcQuery(text);
    expect(requirements.hard).toEqual([attribute('os.name', '=', 'linux')]);
    expect(problemsOf(text).map((problem) => problem.split(' ')[0])).toEqual(['2:1', '3:16', '4:6']);
  });

  it('says what to write instead', () => {
    expect(parseVmrcQuery('memory.size >= 1024').diagnostics[0]?.hint).toMatch(/memory\.min <= 1024MB/);
    expect(parseVmrcQuery('disk.os.nam = x').diagnostics[0]?.hint).toMatch(/disk\.os\.name/);
  });

  it('never repeats a password', () => {
    const { diagnostics } = parseVmrcQuery('disk.os.credentials.password = hunter2');
    expect(diagnostics).toHaveLength(1);
    expect(JSON.stringify(diagnostics)).not.toContain('hunter2');
  });
});
