import { describe, expect, test } from 'vitest';
import type { Dialect } from './model.ts';
import { isRadlJson, parseRadlJson, readRadlJson } from './parse-json.ts';
import { printRadl } from './print.ts';
import { readRadl } from './read.ts';

function problemsOf(json: unknown, dialect: Dialect = 'trencadis'): readonly string[] {
  const given = typeof json === 'string' ? json : JSON.stringify(json);
  return readRadlJson(given, { dialect }).diagnostics.map(
    ({ code, severity, span, message, hint }) =>
      `${code} ${severity} ${span.line}:${span.column} ${message}${hint === undefined ? '' : ` (${hint})`}`,
  );
}

describe('reading', () => {
  test('what IM and people write', () => {
    const json = [
      { class: 'network', id: 'n' },
      {
        class: 'system',
        id: 's',
        'memory.size_min': 536_870_912,
        'net_interface.0.connection': 'n',
        softs: [{ weight: 1, items: [{ 'cpu.count_min': 4 }, { price_max: 1 }] }],
      },
      { class: 'configure', id: 's', recipes: '---\n' },
      { class: 'deploy', system: 's', vm_number: 1 },
    ];
    const { document: read, diagnostics } = readRadlJson(json, { dialect: 'im' });
    expect(diagnostics).toEqual([]);
    expect(printRadl(read)).toContain('memory.size >= 536870912');
    expect(printRadl(read)).toContain('soft 1 (cpu.count >= 4 and price <= 1)');
  });

  test('a value that was changed outlives the spelling it had', () => {
    const json = {
      class: 'system',
      id: 's',
      'memory.size': 5e8,
      extra: { spelling: { 'memory.size': { value: 400, unit: 'M' } } },
    };
    expect(printRadl(parseRadlJson([json]).document)).toContain('memory.size = 500000000\n');
    expect(printRadl(parseRadlJson([{ ...json, 'memory.size': 4e8 }]).document)).toContain(
      'memory.size = 400M\n',
    );
  });

  test('readRadl takes it, and shows problems at their place', () => {
    const json = '[\n  { "class": "system", "id": "s",\n    "cpu.count": "2" }\n]';
    expect(isRadlJson(json)).toBe(true);
    expect(isRadlJson('[1]')).toBe(false);
    expect(readRadl(json).diagnostics).toMatchObject([{ code: 'RADL302', span: { line: 3, column: 5 } }]);
  });

  test.each([
    ['[{"class": "sytem", "id": "a"}]', 'RADL210 error 1:3 "sytem" is no class of RADL (write "system")'],
    ['[{"id": "a"}]', 'RADL210 error 1:2 a section needs a class'],
    ['[{"class": "system"}]', 'RADL210 error 1:2 a section needs an id'],
    ['[{"class": "system", "id": "a b"}]', 'RADL205 error 1:28'],
    ['[{"class": "system", "id": "network"}]', 'RADL205 error 1:28'],
    [
      '[{"class": "system", "id": "a", "spot": true}]',
      'RADL210 error 1:41 a value is a text, a number or a list (write "yes")',
    ],
    ['[{"class": "system", "id": "a", "cpu.count": -1}]', 'RADL104 error 1:46'],
    ['[{"class": "system", "id": "a", "cpu.count": 1e999}]', 'RADL104 error 1:46'],
    ['[{"class": "system", "id": "a", "cpu.count": 1, "cpu.count": 2}]', 'RADL309 warning 1:49'],
    ['[{"class": "system", "id": "a", "instance_name": "x\\\\"}]', 'RADL106 warning 1:50'],
    ['[{"class": "system", "id": "a", "reference": true, "cpu.count": 1}]', 'RADL210 error 1:2'],
    ['[{"class": "system", "id": "a", "softs": [{"weight": 1}]}]', 'RADL210 error 1:43'],
    ['[{"class": "configure", "id": "a", "recipes": "@end"}]', 'RADL106 warning 1:47'],
    ['[{"class": "deploy", "system": "a"}]', 'RADL210 error 1:2 a deploy needs a system and a vm_number'],
    ['[{"class": "contextualize", "items": [{}]}]', 'RADL210 error 1:39'],
    ['{}', 'RADL210 error 1:1 JSON RADL is a list'],
    ['[1]', 'RADL210 error 1:2 each section is an object'],
    ['[{"class": "system", "id": "a",\n}]', 'RADL210 error 2:1 a key in double quotes is expected here'],
    ['[', 'RADL210 error 1:2'],
    ['"', 'RADL210 error 1:1'],
    ['[] x', 'RADL210 error 1:4'],
    ['['.repeat(100_000), 'RADL105 error 1:65'],
  ])('%.80s', (json, problem) => {
    expect(problemsOf(json)).toContainEqual(expect.stringContaining(problem));
  });

  test('service, input and output are not of IM', () => {
    const json = [
      { class: 'system', id: 's' },
      { class: 'service', id: 'v', system: 's' },
      { class: 'deploy', system: 'v' },
    ];
    expect(problemsOf(json)).toEqual([]);
    expect(problemsOf(json, 'im').map((each) => each.slice(0, 7))).toEqual(['RADL334', 'RADL301']);
  });
});
