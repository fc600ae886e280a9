import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readJson } from './json-text.ts';
import type { Dialect } from './model.ts';
import { parseRadl } from './parse.ts';
import { parseRadlJson, readRadlJson } from './parse-json.ts';
import { printRadlJson } from './print-json.ts';
import { printRadl } from './print.ts';
import { readRadl } from './read.ts';
import { arbitraryDocument } from './testing/arbitrary-document.ts';
import { byMeaning } from './testing/by-meaning.ts';

const figure3 = readFileSync(
  new URL('../../service-descriptions/key-server/key-server.radl', import.meta.url),
  'utf8',
);

const text = `description d (name = 'x')
network n (outbound = 'yes' and outports = '22,80')
network stored
system web (
  cpu.count >= 2 and cpu.count < 8 and memory.size >= 512Mi and cpu.performance = 2ECU and
  net_interface.0.connection = 'n' and disk.0.image.url = ['one://a/1', 'one://b/2'] and
  disk.0.os.version >= '5.7' and
  disk.0.applications contains (name = 'ant' and version = '1.8') and
  disk.0.applications contains (name = 'java') and
  soft 10 (memory.size >= 4G)
)
configure web (
@begin
---
- tasks: []
@end
)
configure puppet (
  create_database {'SQL': file => 'database.sql'}
)
contextualize 600 (
  option Ansible = 'ansible==9.0'
  system web configure web step 1
  system web configure puppet with Puppet
)
deploy web 2 onprem
`;
const document = parseRadl(text).document;

describe('printing', () => {
  test('has the shape of IM, and what that loses in extra', () => {
    expect(printRadlJson(document)).toEqual([
      { class: 'description', id: 'd', name: 'x' },
      { class: 'network', id: 'n', outbound: 'yes', outports: '22,80' },
      { class: 'network', id: 'stored', reference: true },
      {
        class: 'system',
        id: 'web',
        'cpu.count_min': 2,
        'cpu.count_max': 8,
        'memory.size_min': 536_870_912,
        'cpu.performance': 2,
        'net_interface.0.connection': 'n',
        'disk.0.image.url': ['one://a/1', 'one://b/2'],
        'disk.0.os.version_min': '5.7',
        'disk.0.applications': [{ name: 'ant', version: '1.8' }, { name: 'java' }],
        softs: [
          {
            weight: 10,
            items: {
              'memory.size_min': 4e9,
              extra: { spelling: { 'memory.size_min': { value: 4, unit: 'G' } } },
            },
          },
        ],
        extra: {
          spelling: {
            'cpu.count_max': { operator: '<' },
            'memory.size_min': { value: 512, unit: 'Mi' },
            'cpu.performance': { value: 2, unit: 'ECU' },
          },
        },
      },
      { class: 'configure', id: 'web', recipes: '---\n- tasks: []' },
      {
        class: 'configure',
        id: 'puppet',
        extra: {
          resources: [{ type: 'create_database', title: 'SQL', attributes: { file: 'database.sql' } }],
        },
      },
      {
        class: 'contextualize',
        max_time: 600,
        options: { Ansible: 'ansible==9.0' },
        items: [
          { system: 'web', configure: 'web', step: 1 },
          { system: 'web', configure: 'puppet', ctxt_tool: 'Puppet' },
        ],
      },
      { class: 'deploy', system: 'web', vm_number: 2, cloud: 'onprem' },
    ]);
  });

  test('has no extra for IM', () => {
    expect(JSON.stringify(printRadlJson(document, { dialect: 'im' }))).not.toContain('extra');
  });
});

describe('round trips', () => {
  test('any document comes back from JSON, its features in order of their keys', () => {
    fc.assert(
      fc.property(arbitraryDocument, (any) => {
        const { document: again, diagnostics } = parseRadlJson(JSON.stringify(printRadlJson(any)));
        expect(diagnostics.filter(({ code }) => code !== 'RADL106')).toEqual([]);
        expect(byMeaning(again)).toEqual(byMeaning(any));
      }),
      { numRuns: 300 },
    );
  });

  test('printing what was read from JSON gives that JSON', () => {
    fc.assert(
      fc.property(arbitraryDocument, (any) => {
        const json = printRadlJson(any);
        expect(printRadlJson(parseRadlJson(json).document)).toEqual(json);
      }),
      { numRuns: 100 },
    );
  });

  test('Fig. 3 and a document of every section: text, JSON, text', () => {
    for (const each of [text, figure3]) {
      const { document: original } = readRadl(each, { dialect: 'paper' });
      const { document: again, diagnostics } = readRadlJson(printRadlJson(original), { dialect: 'paper' });
      expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
      expect(byMeaning(parseRadl(printRadl(again)).document)).toEqual(byMeaning(original));
    }
  });
});

describe('never throws', () => {
  test('any value', () => {
    const circular: unknown[] = [];
    circular.push(circular);
    const value = fc.oneof(fc.anything({ withBigInt: true }), fc.jsonValue(), fc.constant(circular));
    fc.assert(
      fc.property(value, (any) => {
        expect(readRadlJson(any).document).toBeDefined();
      }),
      { numRuns: 500 },
    );
  });

  test('documents with pieces cut out, doubled or replaced; every problem has a true place', () => {
    const piece = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"',
      '"id"',
      'null',
      '1e9',
      '-',
      '\\',
      '\n',
      'é',
    );
    const cuts = fc.array(fc.tuple(fc.nat(), fc.nat(20), piece), { maxLength: 5 });
    fc.assert(
      fc.property(
        arbitraryDocument,
        cuts,
        fc.constantFrom<Dialect>('im', 'paper', 'trencadis'),
        (any, all, as) => {
          const json = all.reduce(
            (now, [at, length, insert]) => {
              const start = at % (now.length + 1);
              return now.slice(0, start) + insert + now.slice(start + length);
            },
            JSON.stringify(printRadlJson(any), undefined, 1),
          );
          const lines = json.split('\n');
          for (const { span } of readRadlJson(json, { dialect: as }).diagnostics) {
            const before = lines.slice(0, span.line - 1).reduce((sum, line) => sum + line.length + 1, 0);
            expect(before + span.column - 1).toBe(span.start);
            expect(span.end).toBeLessThanOrEqual(json.length);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  test('a text is JSON to us exactly when it is to JSON.parse', () => {
    const almost = fc
      .tuple(fc.json(), fc.nat(), fc.constantFrom('', ',', '"', '\\', '\n', '}', '0', ' ', '\u0001'))
      .map(([json, at, insert]) => {
        const start = at % (json.length + 1);
        return json.slice(0, start) + insert + json.slice(start + (insert === ' ' ? 0 : 1));
      });
    fc.assert(
      fc.property(fc.oneof(fc.json(), almost), (json) => {
        expect(readJson(json).kind === 'read').toBe(isJson(json));
      }),
      { numRuns: 1000 },
    );
  });
});

function isJson(json: string): boolean {
  try {
    JSON.parse(json);
    return true;
  } catch {
    return false;
  }
}
