import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { parseVmrcDescriptor } from './vmrc-descriptor.ts';
import { parseVmrcQuery } from './vmrc-query.ts';

const key = fc.constantFrom('system.name', 'cpu.arch', 'disk.os.name', 'disk.os.flavour', 'disk.os.version');
const operator = fc.constantFrom('=', '<', '<=', '>', '>=');
const value = fc.stringMatching(/^[A-Za-z0-9][\w.:/-]{0,8}( [\w.:/-]{1,8})?$/);
const word = fc.stringMatching(/^[A-Za-z0-9][\w.-]{0,8}$/);
const simple = fc.tuple(key, operator, value).map((parts) => parts.join(' '));
const app = fc
  .tuple(word, fc.option(fc.tuple(operator, word)), fc.option(fc.nat({ max: 99 })))
  .map(([name, version, weight]) => {
    const soft = weight === null ? '' : `soft ${weight} `;
    const fields = `name = ${name}${version === null ? '' : `, version ${version.join(' ')}`}`;
    return `${soft}disk.applications contains (${fields})`;
  });
const line = fc.oneof(simple, app);

const ownWords =
  'soft |10 |disk.applications |contains |(|)|,|=|>=|~| in |name |version |&&|#|os.name | |-1|\n|\r|\uFEFF|\'|"|\\'.split(
    '|',
  );

/** Texts near the language: its own words in any order, and lines that somebody damaged. */
const nearText = fc
  .array(fc.oneof(fc.constantFrom('||', ...ownWords), line, fc.string({ unit: 'binary', maxLength: 5 })), {
    maxLength: 30,
  })
  .map((parts) => parts.join(''));

describe('for any text', () => {
  test.prop([nearText])('never throws, and points into the text', (text) => {
    const lines = text.split(/\r\n|\r|\n/);
    const readings = [
      parseVmrcQuery(text).diagnostics,
      parseVmrcQuery(text, { compat: 'strict' }).diagnostics,
      parseVmrcDescriptor(text).diagnostics,
    ];
    for (const diagnostic of readings.flat()) {
      expect(diagnostic.line).toBeLessThanOrEqual(lines.length);
      expect(diagnostic.column).toBeLessThanOrEqual(text.length + 1);
      expect(diagnostic.message).not.toBe('');
    }
  });

  test.prop([fc.array(line, { minLength: 1, maxLength: 6 })])(
    'what VMRC takes means the same here, but for the statements that it does not heed',
    (lines) => {
      const strict = parseVmrcQuery(lines.join('\n'), { compat: 'strict' });
      expect(strict.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
      const heeded = lines.filter(
        (one, index) =>
          one.includes('contains') || lines.findIndex((other) => keyOf(other) === keyOf(one)) === index,
      );
      expect(parseVmrcQuery(heeded.join('\n')).requirements).toEqual(strict.requirements);
    },
  );

  test.prop([
    fc.array(line, { minLength: 1, maxLength: 6 }),
    fc.constantFrom('\n\n', '\n# and\n', ' # x\n', '\r\n'),
  ])('blank lines, comments and line ends change nothing', (lines, separator) => {
    const plain = parseVmrcQuery(lines.join('\n'));
    expect(parseVmrcQuery(lines.join(separator)).requirements).toEqual(plain.requirements);
  });

  test.prop([fc.string({ minLength: 1 }).filter((text) => !/[\r\n\u2028\u2029]/.test(text))])(
    'quotes keep a value as it is',
    (text) => {
      const quoted = `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
      const { requirements, diagnostics } = parseVmrcQuery(`system.name = ${quoted}`);
      expect(diagnostics).toEqual([]);
      expect(requirements.hard).toEqual([{ kind: 'attribute', key: 'name', operator: '=', value: text }]);
    },
  );
});

function keyOf(text: string): string | undefined {
  return text.split(' ')[0];
}
