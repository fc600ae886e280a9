import { describe, expect, test } from 'vitest';
import type { Dialect } from './model.ts';
import { readRadl } from './read.ts';

function problemOf(recipe: string, dialect: Dialect = 'im', tool = 'Ansible'): string | undefined {
  const text = `system s ()\nconfigure c (\n@begin\n${recipe}\n@end\n)\ncontextualize (system s configure c with ${tool})`;
  const found = readRadl(text, { dialect }).diagnostics.find(({ code }) => code === 'RADL324');
  return found && `${found.severity} ${found.span.line}:${found.span.column} ${found.message}`;
}

describe('recipes are YAML', () => {
  test.each([
    '---\n- hosts: all\n  tasks:\n  - name: say\n    debug: msg="{{ x }}"',
    'a: &x {b: c}\nd: *x\na: once more',
    'a: [\n  b\n]',
    'just words',
    '# nothing',
    '? \n: a',
    '',
  ])('%j', (recipe) => expect(problemOf(recipe)).toBeUndefined());

  test.each([
    ['a: b\na: b: c', 'line 2 of'],
    ['- a:\n  - b\n - c', 'line 3 of'],
    ['a: {{ x }}', 'line 1 of the recipe of configure c is not YAML: a map or a list is no key'],
    ['a: *x', 'alias *x has no anchor'],
    ['a:\n\t- b', 'line 2 of'],
    ['a:\tb', 'line 1 of the recipe of configure c is not YAML: YAML is indented and spaced with blanks'],
    ['--- a\n--- b', 'more than one YAML document'],
    ['a: \u0007', 'control character'],
    ['a: !vault x', 'Unresolved tag'],
    ['a: "x', 'Missing closing'],
    ['- : x', 'a key is missing'],
    ['{: x}', 'a key is missing'],
  ])('%j is not', (recipe, message) => {
    expect(problemOf(recipe)).toMatch(/^error 2:1 /);
    expect(problemOf(recipe)).toContain(message);
  });

  test('inside quotes and brackets PyYAML does not look at indentation', () => {
    expect(problemOf('a: [\nb,\n{c: d}\n]\ne: "f\ng"\nh: \'i\nj\'')).toBeUndefined();
    expect(problemOf('k:\n  a: [\n  b,\n  [c,\n  d]\n  ]\n  e: f')).toBeUndefined();
    expect(problemOf('a: [b\nc: [d]')).toMatch(/^error/);
    expect(problemOf('a: "b\nc: d')).toMatch(/^error/);
  });

  test('tags of Ansible and placeholders of inputs are for our dialects', () => {
    expect(problemOf('a: !vault x', 'trencadis')).toBeUndefined();
    expect(problemOf('a: @input.x@', 'trencadis')).toBeUndefined();
    expect(problemOf('a: @input.x@')).toMatch(/^error/);
  });

  test('a recipe of another tool is not YAML to us, but to IM', () => {
    expect(problemOf('user { a: }', 'trencadis', 'Puppet')).toBeUndefined();
    expect(problemOf('a: b: c', 'im', 'Puppet')).toMatch(/^error/);
  });

  test.each([
    ["file { '/a':\n  ensure => file,\n}", undefined],
    ['- a: {{ x }}', 'error'],
  ])('without a tool, only what looks like YAML must be YAML to us: %j', (recipe, severity) => {
    const text = `system s ()\nconfigure s (\n@begin\n${recipe}\n@end\n)`;
    const severityIn = (dialect: Dialect) =>
      readRadl(text, { dialect }).diagnostics.find(({ code }) => code === 'RADL324')?.severity;
    expect(severityIn('trencadis')).toBe(severity);
    expect(severityIn('im')).toBe('error');
  });

  test.each([
    '['.repeat(20_000),
    '- '.repeat(20_000),
    '? '.repeat(5000),
    'a: &a b\n'.repeat(500),
    '\t'.repeat(20_000),
  ])('a hostile recipe is read without harm', (recipe) => expect(() => problemOf(recipe)).not.toThrow());
});
