import { describe, expect, test } from 'vitest';
import { detectDialect } from './dialect.ts';
import { formatDiagnostic } from './format-diagnostic.ts';
import type { RadlDocument } from './model.ts';
import { parseRadl } from './parse.ts';
import { readRadl } from './read.ts';
import { codesOf, problemsOf, withoutSpans } from './testing/problems.ts';

function documentOf(text: string): RadlDocument {
  const { document, diagnostics } = parseRadl(text, { dialect: 'im' });
  expect(diagnostics).toEqual([]);
  return withoutSpans(document);
}

describe('the grammar of IM', () => {
  test('an empty text is an empty document, comments alone are not', () => {
    expect(documentOf('')).toEqual({
      networks: [],
      ansibles: [],
      systems: [],
      services: [],
      inputs: [],
      outputs: [],
      configures: [],
      deploys: [],
    });
    expect(problemsOf('# only this', 'im')).toEqual(['RADL208 error 1:1']);
  });

  test('sections without parentheses are references', () => {
    const document = documentOf('network n\nsystem s\nconfigure c\nconfigure d ()');
    const sections = [...document.networks, ...document.systems, ...document.configures];
    expect(sections.map(({ id, isReference }) => [id, isReference])).toEqual([
      ['n', true],
      ['s', true],
      ['c', true],
      ['d', false],
    ]);
  });

  test('a leading `and` is allowed', () => {
    expect(documentOf('system s (and cpu.count = 1)').systems[0]?.features).toHaveLength(1);
  });

  test('numbers, units, texts, lists', () => {
    const text =
      "system s (a = 1. and b = 1.5 G and c = 1024m and d = 'it\\'s \\n' and e = ['x', 'y'] and f = [])";
    expect(documentOf(text).systems[0]?.features.map((each) => 'value' in each && each.value)).toEqual([
      { kind: 'number', value: 1, hasPoint: true },
      { kind: 'number', value: 1.5, unit: 'G' },
      { kind: 'number', value: 1024, unit: 'm' },
      { kind: 'text', text: "it's \\n" },
      { kind: 'list', texts: ['x', 'y'] },
      { kind: 'list', texts: [] },
    ]);
  });

  test('a recipe is what stands between @begin and a line that starts with @end', () => {
    const bodyOf = (text: string): unknown => documentOf(text).configures[0]?.body;
    expect(bodyOf("configure c (\n@begin\n---\n  - x: '( # @end\n  @end\n@end\n)")).toEqual({
      kind: 'recipe',
      text: "---\n  - x: '( # @end\n  @end",
    });
    expect(bodyOf('configure c (@begin one\ntwo\n@end)')).toEqual({ kind: 'recipe', text: ' one\ntwo' });
    expect(bodyOf('configure c (@begin\n@end)')).toEqual({ kind: 'recipe', text: '' });
  });

  test('contextualize, ansible, description, deploy on a cloud', () => {
    const document = documentOf(`description d (name = 'x')
ansible a (host = 'h')
contextualize 60 (
  option Ansible = '2.9'
  system s configure c step 2
  system s configure e with cloud_init
  system t configure c
)
deploy s 2 one
deploy s 1`);
    expect(document.description?.id).toBe('d');
    expect(document.ansibles).toHaveLength(1);
    expect(document.contextualize).toEqual({
      maxTimeSeconds: 60,
      options: [{ name: 'Ansible', value: { kind: 'text', text: '2.9' } }],
      items: [
        { systemId: 's', configureId: 'c', step: 2 },
        { systemId: 's', configureId: 'e', tool: 'cloud_init' },
        { systemId: 't', configureId: 'c' },
      ],
    });
    expect(document.deploys).toEqual([
      { systemId: 's', count: 2, cloudId: 'one' },
      { systemId: 's', count: 1 },
    ]);
  });

  test('two contextualize sections are one, with the longer time', () => {
    const text = 'contextualize 5 (system a configure b)\ncontextualize 9 (system c configure d)';
    expect(documentOf(text).contextualize).toMatchObject({
      maxTimeSeconds: 9,
      items: [{ systemId: 'a' }, { systemId: 'c' }],
    });
  });

  test('what IM skips is skipped, aloud', () => {
    const { document, diagnostics } = parseRadl('system s { (cpu.count = 2;) = ,', { dialect: 'im' });
    expect(document.systems[0]?.features).toHaveLength(1);
    expect(diagnostics.map(({ code, severity }) => `${code} ${severity}`)).toEqual(
      Array.from({ length: 4 }, () => 'RADL101 warning'),
    );
  });
});

describe('problems of form, each with its place', () => {
  test.each([
    ['system s (cpu.count = 1 cpu.arch = 2)', 'RADL203 error 1:25'],
    ['system s (cpu.count = 1 and and cpu.arch = 2)', 'RADL203 error 1:29 remove one of them'],
    ['system s (cpu.count = 1 and)', 'RADL203 error 1:25 remove it'],
    ['system s (cpu.count = 1, cpu.arch = 2)', 'RADL204 error 1:24 write and'],
    ['system s (spot = yes)', "RADL206 error 1:18 write 'yes'"],
    ['system s (x = 1.6.0)', "RADL206 error 1:15 write '1.6.0'"],
    ['system s (spot)', 'RADL201 error 1:15'],
    ['system s (spot =)', 'RADL201 error 1:17'],
    ['system s (cpu.count = 1\ndeploy s 1', 'RADL201 error 2:1 close the parenthesis of line 1'],
    ['system s (cpu.count = 1))', 'RADL202 error 1:25'],
    ['system (cpu.count = 1)', 'RADL201 error 1:8'],
    ['deploy s', 'RADL201 error 1:8'],
    ['ansible a', 'RADL201 error 1:1'],
    ['system s ()\ndescription d ()', 'RADL207 error 2:1'],
    ["contextualize (system a configure b option c = 'd')", 'RADL207 error 1:37'],
    ['contextualize (system a configure b step 1 with c)', 'RADL209 error 1:16 remove one of them'],
    ["system s (x = 'open", "RADL102 error 1:15 write 'open'"],
    [
      'configure c (\n@begin\n  x\n )',
      'RADL103 error 2:1 end it with a line that starts with @end, in the first column',
    ],
    [
      'configure c (\n@begin\n  x\n  @end\n)',
      'RADL103 error 2:1 end it with a line that starts with @end, in the first column',
    ],
    ["configure c (x {'a' file => 'b'})", 'RADL201 error 1:21'],
    [`deploy s ${'9'.repeat(400)}`, 'RADL104 error 1:10'],
  ])('%s', (text, problem) => {
    expect(problemsOf(text)).toContain(problem);
  });

  test('one missing quote does not turn the rest of the document inside out', () => {
    const text = "system s (spot = 'yes and cpu.arch = 'x86_64' and price = 'x')\nsystem t (spot = 'no')";
    expect(codesOf(text)).toEqual(['RADL102', 'RADL302']);
  });

  test('resource lines are no RADL of IM, and it says which dialects read them', () => {
    const problem = parseRadl("configure c (add_user {'x': })", { dialect: 'im' }).diagnostics.find(
      ({ code }) => code === 'RADL201',
    );
    expect(problem?.hint).toBe('resource lines are read in the dialects paper and trencadis');
  });

  test('the type of a resource line may be one of a Puppet module', () => {
    const { document, diagnostics } = parseRadl("configure c (web::site {'x': port => 8080})");
    expect(diagnostics).toEqual([]);
    expect(document.configures[0]?.body).toMatchObject({ lines: [{ type: 'web::site', title: 'x' }] });
  });

  test('commas inside contains are read in dialects paper and trencadis', () => {
    const text = "system s (disk.0.applications contains (name = 'a', version = '1'))";
    expect(codesOf(text, 'paper')).toEqual([]);
    expect(codesOf(text)).toEqual([]);
    expect(codesOf(text, 'im')).toEqual(['RADL204']);
  });
});

test.each([
  ['# dialect: paper\nsystem s', 'paper'],
  ['\n# something\n#dialect:im\r\n', 'im'],
  ['system s\n# dialect: paper', 'trencadis'],
  ['# dialect: cobol', 'trencadis'],
  ['', 'trencadis'],
])('the dialect of %j is %s', (text, dialect) => {
  expect(detectDialect(text)).toBe(dialect);
});

test('a diagnostic shows the line, the place and the remedy', () => {
  const text = "network private ()\nsystem s (\n\tnet_interface.0.connection = 'privat'\n)";
  const diagnostic = readRadl(text).diagnostics.find(({ severity }) => severity === 'error');
  expect(formatDiagnostic(diagnostic!, text, 'a.radl')).toBe(
    `error RADL311: network "privat" is not declared
 --> a.radl:3:2
  |
3 | \tnet_interface.0.connection = 'privat'
  | \t^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  = hint: write 'private'`,
  );
});
