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
      path: '/A',
      children: [
        { name: 'D', attributes: {}, children: [], text: '', path: '/A/D' },
        { name: 'e', attributes: {}, children: [], text: 'x', path: '/A/e' },
      ],
    });
  });

  it('keeps what is written: numbers, blanks inside, and & in CDATA', () => {
    const { children } = readXml('<a><b n="007"> 1e3 </b><b>a  <c/>b</b><b><![CDATA[&x;]]></b></a>', 'a');
    expect(children.map(({ attributes, text, path }) => [attributes, text, path])).toEqual([
      [{ n: '007' }, '1e3', '/a/b'],
      [{}, 'a  b', '/a/b[2]'],
      [{}, '&x;', '/a/b[3]'],
    ]);
  });

  it('reads no entity twice', () => {
    expect(readXml('<a b="&amp;lt;">&amp;lt;</a>', 'a')).toMatchObject({
      attributes: { b: '&lt;' },
      text: '&lt;',
    });
  });

  it('reads past quotes in comments and instructions', () => {
    const text = `<?p it's ?><!-- it's --><?p '?><!--' ?><!DOCTYPE a><b/>--><a>x<?p "?>y<!-- " -->z</a>`;
    expect(readXml(text, 'a')).toMatchObject({ name: 'a', text: 'xyz' });
  });

  it('reads elements nested 64 deep', () => {
    expect(readXml('<a>'.repeat(64) + '</a>'.repeat(64), 'a').name).toBe('a');
  });

  it('takes no declaration of a comment, of CDATA or of an instruction for one', () => {
    expect(readXml('<!-- <!DOCTYPE a> --><?p <!DOCTYPE a>?><a><![CDATA[<!DOCTYPE a>]]></a>', 'a').text).toBe(
      '<!DOCTYPE a>',
    );
  });

  const bomb = `<!DOCTYPE a [<!ENTITY x0 "x">${Array.from({ length: 9 }, (_, n) => `<!ENTITY x${n + 1} "${`&x${n};`.repeat(10)}">`).join('')}]><a>&x9;</a>`;

  it.each([
    ['<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>\n<a>&x;</a>', 'a.ovf:1:1 is not XML'],
    [bomb, 'a document type is not read'],
    ['<a>\n  <!ENTITY x "y">\n</a>', 'a.ovf:2:3 is not XML that is read here: a document type is not read'],
    ['<!-- --><!doctype a><a/>', 'a document type is not read'],
    ['<a><!Dx></a>', 'a document type is not read'],
    ['<a b="<!DOCTYPE a>"/>', 'a document type is not read'],
    ['<a><b>&x;</b></a>', 'a.ovf, at /a/b, is not XML that is read here: the entity &x; is not known'],
    [`<a b="<!--"><!DOCTYPE a><b c="-->"/></a>`, 'a < in an attribute'],
    [`<a b="<![CDATA["><!DOCTYPE a><b c="]]>"/></a>`, 'a < in an attribute'],
    ['<a/><!-- ', 'Comment is not closed'],
    ['<a b="&nbsp;"/>', 'the entity &nbsp; is not known'],
    ['<a b="c & d"/>', 'is not known'],
    ['<a>&#0;</a>', 'the entity &#0; is not known'],
    ['<a>a & b</a>', "a.ovf:1:6 is not XML that is read here: char '&' is not expected"],
    ['<a><b></a>', "a.ovf:1:7 is not XML that is read here: Expected closing tag 'b'"],
    ['<a>\n<b></b>', "Unclosed tag 'a'"],
    ['<a/><b/>', 'it needs one root element'],
    ['<a></a>x', 'a.ovf:1:8'],
    ['<a b=c/>', "Attribute 'b' is without value"],
    ['<a b="1" b="2"/>', "Attribute 'b' is repeated"],
    ['<a>x<!-- </a>', "Unclosed tag 'a'"],
    ['<!-- ', 'is not XML'],
    ['', 'a.ovf:1 is not XML that is read here: Start tag expected.'],
    ['<a>'.repeat(65) + '</a>'.repeat(65), 'nested'],
    [' '.repeat(2 ** 20 + 1), 'it has more than 1048576 characters'],
  ])('refuses %j', (text, problem) => {
    expect(problemOf(text)).toContain(problem);
  });

  const pieces = '<a>|</a>|<a/>|<a b="|"|>|<|/|<!--|-->|<!D|<![CDATA[|]]>|<?|?>|=|&amp;|&|:| |\n|x'.split(
    '|',
  );
  const piece = fc.constantFrom(...pieces);
  test.prop([fc.array(piece, { maxLength: 40 }).map((chosen) => chosen.join(''))])(
    'reads or refuses any text, and never anything else',
    (text) => {
      expect(problemOf(text)).toMatch(
        /^(?:a\.ovf(?::\d+(?::\d+)?|, at \/.*,)? is not XML that is read here: .*\.)?$/s,
      );
    },
  );

  const long = ['<a '.padEnd(1e6), `<a${' '.repeat(1e6)}=>`, `<a${' b="c"'.repeat(1e5)}`, '&'.repeat(1e6)];
  it.each([...long, ...['<!-', '<!--', '<![CDATA[', '<?', '<a>', '<a '].map((each) => each.repeat(1e5))])(
    'is quick to refuse what is long (%#)',
    (text) => {
      expect(problemOf(text)).toMatch(/^.{1,300}$/s);
    },
  );
});
