import { describe, expect, it } from 'vitest';
import type { Requirement } from '../model.ts';
import { application, attribute } from '../testing/table-1.ts';
import { parseVmrcQuery } from './vmrc-query.ts';

const strict = (text: string) => parseVmrcQuery(text, { compat: 'strict' });
const hardOf = (text: string): readonly Requirement[] => strict(text).requirements.hard;
const errorsOf = (text: string): readonly string[] =>
  strict(text).diagnostics.flatMap(({ severity, message }) => (severity === 'error' ? [message] : []));
const warningsOf = (text: string): readonly string[] =>
  strict(text).diagnostics.flatMap(({ severity, message }) => (severity === 'warning' ? [message] : []));

const neverMatches: Requirement = { kind: 'any', of: [] };

describe("VMRC's own grammar (spec image-catalog, section 3)", () => {
  it.each([
    ['disk.os.version>=9.10', attribute('os.version', '>=', '9.10')],
    ['disk.os.version >= 9.10', attribute('os.version', '>=', '9.10')],
    ["disk.os.name = 'linux'", attribute('os.name', '=', 'linux')],
    ['disk.os.flavour = Scientific Linux', attribute('os.flavour', '=', 'Scientific Linux')],
    ['disk.size <= 5000', attribute('disk.size', '<=', '5000MB')],
    ['disk.applications contains (name = ant)', application('ant')],
    ['disk.applications contains (name = ant )', application('ant')],
    ['disk.applications contains (name = ant, version >= 1.8)', application('ant', '>=', '1.8')],
    ['disk.applications contains (name = ant, version >= 1.8 )', application('ant', '>=', '1.8')],
    ['disk.applications contains (name = ant, version = 1.8, path = /opt)', application('ant', '=', '1.8')],
  ])('takes %s', (text, requirement) => {
    expect(hardOf(text)).toEqual([requirement]);
    expect(strict(text).diagnostics).toEqual([]);
  });

  it.each([
    'disk.os.name == linux',
    'disk.os.name != linux',
    'disk.os.name = linux && cpu.arch = x86_64',
    'disk.os.name = linux && x86_64',
    'disk.os.name = linux || windows',
    '# comment',
    '# disk.os.name = linux',
    'system.name=',
    'system.location = http://h/a?b=c',
    'disk.os.version = a<b',
    'soft 25 disk.os.version >= 11.15',
    'soft 10 system.hypervisor = kvm',
    'disk.applications contains (name=com.java,version>=1.6)',
    'disk.applications contains ( name = x)',
    'disk.applications contains (name = x, version >=1.6)',
    'disk.applications contains (name = x,version >= 1)',
    'disk.applications = x',
    'disk.applications  contains (name = x)',
  ])('does not parse %s', (text) => {
    expect(errorsOf(text)).toEqual([`Unable to parse expression: ${text}`]);
    expect(strict(text).requirements).toEqual({ hard: [], soft: [] });
  });

  it('does not parse a password with =, and drops any other', () => {
    expect(errorsOf('disk.os.credentials.password = a=b')).toEqual([
      'Unable to parse expression: disk.os.credentials.password ...',
    ]);
    expect(warningsOf('disk.os.credentials.password = ab')).toHaveLength(1);
  });

  it.each([
    ['memory.size >= 1024', 'memory.size'],
    ['disk.0.os.name = linux', 'disk.0.os.name'],
    ['DISK.OS.NAME = linux', 'DISK.OS.NAME'],
  ])('knows no such attribute: %s', (text, key) => {
    expect(errorsOf(text)).toEqual([`Unknown attribute ${key}`]);
  });

  it('takes a blank line as an error, but not at the end, and an empty text as no question', () => {
    expect(strict('')).toEqual({ requirements: { hard: [], soft: [] }, diagnostics: [] });
    expect(hardOf('cpu.arch = i386\r\n\n')).toHaveLength(1);
    expect(strict('cpu.arch = i386\n\ndisk.os.name = linux').diagnostics).toEqual([
      { severity: 'error', line: 2, column: 1, message: 'Unable to parse expression: ' },
    ]);
  });

  it('stops at the first error, and asks nothing then', () => {
    const { requirements, diagnostics } = strict('cpu.arch = i386\nx = 1\ny = 1');
    expect(requirements.hard).toEqual([]);
    expect(diagnostics.map(({ line, message }) => [line, message])).toEqual([[2, 'Unknown attribute x']]);
  });

  it('takes cpu.count, which VMRC compares with the name of the operating system, and ignores it', () => {
    expect(hardOf('cpu.count >= 2')).toEqual([]);
    expect(warningsOf('cpu.count >= 2')).toHaveLength(1);
  });

  it('takes whole weights from 0 up; what is negative is hard', () => {
    const app = 'disk.applications contains (name = x)';
    expect(strict(`soft 25 ${app}`).requirements.soft).toEqual([
      { weight: 25, requirements: [application('x')] },
    ]);
    expect(strict(`soft 0 ${app}`).requirements.soft).toHaveLength(1);
    expect(errorsOf(`soft 2.5 ${app}`)).toEqual(['For input string: "2.5"']);
    expect(errorsOf(`soft 3000000000 ${app}`)).toEqual(['For input string: "3000000000"']);
    expect(strict(`soft -1 ${app}`).requirements).toEqual({ hard: [application('x')], soft: [] });
    expect(warningsOf(`soft -1 ${app}`)).toHaveLength(1);
  });

  it('heeds the first statement on a key, and every application', () => {
    const app = 'disk.applications contains (name = x)';
    const text = `disk.os.version >= 5\ndisk.os.version < 6\n${app}\n${app}`;
    expect(hardOf(text)).toEqual([attribute('os.version', '>=', '5'), application('x'), application('x')]);
    expect(warningsOf(text)).toEqual(['VMRC heeds only the first statement on disk.os.version']);
  });
});

describe("VMRC's misreadings", () => {
  it.each([
    [
      'fields in another order',
      'disk.applications contains (version >= 1.6, name = com.java)',
      application('1.6', '=', 'com.java'),
      "name '1.6', operator '=', version 'com.java'",
    ],
    [
      'a name with a blank',
      'disk.applications contains (name = Globus Toolkit, version >= 4)',
      neverMatches,
      "name 'Globus', operator 'version', version '>='; nothing matches that",
    ],
    [
      'what IM sends (section 8)',
      'disk.applications contains (name = globus,version = 4 )',
      neverMatches,
      "name 'globus version', operator '4', version ''; nothing matches that",
    ],
    [
      'an operator that it does not know',
      'disk.applications contains (name = ant, version != 1.8)',
      neverMatches,
      "name 'ant', operator '!=', version '1.8'; nothing matches that",
    ],
    [
      'two equal signs',
      'disk.applications contains (name = ant, version == 1.8)',
      neverMatches,
      "name 'ant', operator '==', version '1.8'; nothing matches that",
    ],
  ])('%s: are kept, and told', (_what, text, requirement, reading) => {
    expect(hardOf(text)).toEqual([requirement]);
    expect(warningsOf(text)).toEqual([expect.stringContaining(reading)]);
  });
});
