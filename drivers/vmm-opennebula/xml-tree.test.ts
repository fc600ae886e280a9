import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { childOf, numberOf, textOf } from './xml-read.ts';
import { NotXml, escapeXml, parseXml } from './xml-tree.ts';

/** What an XML document can hold: no other control characters, and no halves of surrogate pairs. */
const xmlText = fc.string({ unit: 'grapheme' }).map((text) =>
  // eslint-disable-next-line no-control-regex -- they are what is left out
  text.replaceAll(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g, ''),
);

describe('documents of OpenNebula', () => {
  test.prop([xmlText])('give back what was escaped', (text) => {
    expect(parseXml(`<a>${escapeXml(text)}</a>`).text).toBe(text.replaceAll('\r\n', '\r\n'));
  });

  it('have CDATA, entities and elements', () => {
    const document = parseXml(
      '<?xml version="1.0"?><VM><ID>7</ID><T><![CDATA[<!DOCTYPE &amp; ]]></T><N>a&#233;&lt;&#x41;</N><E/></VM>',
    );
    expect(numberOf(document, 'ID')).toBe(7);
    expect(childOf(document, 'T')?.text).toBe('<!DOCTYPE &amp; ');
    expect(textOf(document, 'N')).toBe('aé<A');
    expect(textOf(document, 'E')).toBeUndefined();
    expect(numberOf(document, 'E')).toBeUndefined();
  });

  it.each([
    ['nothing', ''],
    ['no XML', 'Not Found'],
    ['HTML that is not closed', '<html><br></html>'],
    ['a document type', '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'],
    ['an entity that is not known', '<a>&nbsp;</a>'],
    ['an entity that does not end', '<a>&amp</a>'],
    ['two roots', '<a/><b/>'],
    ['an end too many', '<a></a></b>'],
    ['depth', `${'<a>'.repeat(60)}${'</a>'.repeat(60)}`],
  ])('are none with %s', (_problem, text) => {
    expect(() => parseXml(text)).toThrow(NotXml);
  });
});
