import { fc, test } from '@fast-check/vitest';
import { isPlatformError } from '@trencadis/errors';
import { describe, expect, it } from 'vitest';
import { readXml } from './xml-reader.ts';

const problemOf = (text: string): string => {
  try {
    readXml(text, 'a.ovf');
    return '';
  } catch (error) {
    if (!isPlatformError(error) || error.code !== 'invalid-argument') throw error;
    return error.message;
  }
};

describe('readXml', () => {
  it('reads elements, attributes and text by local names', () => {
    const text = `\uFEFF<?xml version="1.0"?>\n<!-- <no> -->
<o:A xmlns:o="urn:x" o:b='1 &lt; 2' c = "&#233;&#xE9;"><D/> one &amp;<![CDATA[ <two> ]]><e>x</e></o:A>\n`;
    expect(readXml(text, 'a')).toEqual({
      name: 'A',
      attributes: { b: '1 < 2', c: 'éé' },
      text: 'one & <two>',
      line: 3,
      children: [
        { name: 'D', attributes: {}, children: [], text: '', line: 3 },
        { name: 'e', attributes: {}, children: [], text: 'x', line: 3 },
      ],
    });
  });

  it.each([
    ['<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>\n<a>&x;</a>', 'a.ovf:1:1'],
    ['<a>\n  <!ENTITY x "y">\n</a>', 'a.ovf:2:3'],
    ['<a>&x;</a>', 'the entity &x; is not known'],
    ['<a>&#0;</a>', 'the entity &#0; is not known'],
    ['<a>a & b</a>', 'is not known'],
    ['<a><b></a>', 'a.ovf:1:7 is not XML that is read here: </a> closes nothing that is open here'],
    ['<a>\n<b>', '<b> of line 2 is not closed'],
    ['<a/><b/>', 'a second root element'],
    ['<a/>x', 'text outside of the root element'],
    ['<a b=c/>', 'this is no tag'],
    ['<a b="<"/>', 'this is no tag'],
    ['<!-- ', '<!-- without -->'],
    ['', 'there is no element'],
    ['<a>'.repeat(65), 'nested more than 64 deep'],
  ])('refuses %j', (text, problem) => {
    expect(problemOf(text)).toContain(problem);
  });

  const pieces = '<a>|</a>|<a/>|<a b="|"|>|<|/|<!--|-->|<![CDATA[|]]>|&amp;|&| |\n|x'.split('|');
  const piece = fc.constantFrom(...pieces);
  test.prop([fc.array(piece, { maxLength: 40 }).map((chosen) => chosen.join(''))])(
    'reads or refuses any text, and never anything else',
    (text) => {
      expect(problemOf(text)).toMatch(/^(?:a\.ovf:\d+:\d+ .*)?$/s);
    },
  );

  it.each(['<a '.padEnd(1e6), `<a${' b="c"'.repeat(1e5)}`, '&'.repeat(1e6), '<!-'.repeat(3e5)])(
    'is quick to refuse what is long (%#)',
    (text) => {
      expect(problemOf(text)).not.toBe('');
    },
  );
});
