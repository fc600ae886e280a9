import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { templateText } from './template-text.ts';
import { parseTemplate } from './testing/simulated-oned/template.ts';

/** What OpenNebula can keep: see `templateText`. */
const keepable = fc
  .string({ unit: 'grapheme' })
  // eslint-disable-next-line no-control-regex -- they are what is left out
  .map((text) => text.replaceAll(/[\u0000-\u0008\u000B-\u001F\uFFFE\uFFFF]|\]\]>|\\$/g, ''))
  .filter((text) => !text.endsWith('\\') && !text.includes(']]>'));
const name = fc.stringMatching(/^[A-Z][A-Z0-9_]{0,20}$/);

describe('templates', () => {
  it('are written a line each', () => {
    const text = templateText({
      NAME: 'a "b"',
      CPU: 0.5,
      GONE: undefined,
      NIC: [
        { NETWORK_ID: 3, IP: '10.0.0.4' },
        { NETWORK_ID: 4, IP: undefined },
      ],
      CONTEXT: { NETWORK: 'YES' },
    });
    expect(text).toBe(
      'NAME="a \\"b\\""\nCPU="0.5"\nNIC=[NETWORK_ID="3",IP="10.0.0.4"]\nNIC=[NETWORK_ID="4"]\nCONTEXT=[NETWORK="YES"]\n',
    );
  });

  test.prop([fc.uniqueArray(fc.tuple(name, keepable), { selector: ([key]) => key })])(
    'are read by OpenNebula’s grammar as they were meant',
    (entries) => {
      const text = templateText(Object.fromEntries(entries));
      const expected = Object.entries(Object.fromEntries(entries)).map(([key, value]) => ({
        name: key,
        value,
      }));
      expect(parseTemplate(text)).toEqual(expected);
    },
  );

  test.prop([fc.dictionary(name, keepable, { minKeys: 1, noNullPrototype: true })])(
    'have vectors that are read as they were meant',
    (vector) => {
      expect(parseTemplate(templateText({ NIC: vector, NEXT: 'x' }))).toEqual([
        { name: 'NIC', value: vector },
        { name: 'NEXT', value: 'x' },
      ]);
    },
  );

  it.each(['ends in \\', 'a ]]> b', 'nul \u0000', 'bell \u0007', 'return \r', 'half \uD800'])(
    'refuse the value %j, which OpenNebula cannot keep',
    (value) => {
      expect(() => templateText({ KEY: value })).toThrow(/OpenNebula cannot keep KEY/);
      expect(() => templateText({ KEY: { INNER: value } })).toThrow(/OpenNebula cannot keep KEY\/INNER/);
    },
  );

  it('do not repeat a value that they refuse', () => {
    expect(() => templateText({ KEY: 'secret\\' })).toThrow(
      expect.not.objectContaining({ message: /secret/ }),
    );
  });

  it.each(['a', 'A B', 'A=B', '', 'A"'])('have no attribute with the name %j', (key) => {
    expect(() => templateText({ [key]: 'x' })).toThrow(/is no name of an attribute/);
  });
});

describe('the grammar that the simulated OpenNebula reads', () => {
  it('has comments, bare values, blanks and vectors over lines', () => {
    const text = '# first\nname = abc\n NIC = [ network_id = 3,\n  IP="1.2.3.4" ]\nEMPTY=""\n';
    expect(parseTemplate(text)).toEqual([
      { name: 'NAME', value: 'abc' },
      { name: 'NIC', value: { NETWORK_ID: '3', IP: '1.2.3.4' } },
      { name: 'EMPTY', value: '' },
    ]);
  });

  it('lets a backslash before the closing quote take it along', () => {
    expect(() => parseTemplate('A="x\\"\nB="y"\n')).toThrow(/syntax error/);
  });
});
