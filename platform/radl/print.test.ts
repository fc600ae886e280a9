import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseRadl } from './parse.ts';
import { printRadl } from './print.ts';
import { printNumber } from './print-value.ts';
import { arbitraryDocument } from './testing/arbitrary-document.ts';
import { withoutSpans } from './testing/problems.ts';

test('a printed document reads as itself, without a complaint of the parser', () => {
  fc.assert(
    fc.property(arbitraryDocument, (document) => {
      const { document: again, diagnostics } = parseRadl(printRadl(document), { dialect: 'trencadis' });
      expect(diagnostics).toEqual([]);
      expect(withoutSpans(again)).toEqual(withoutSpans(document));
    }),
    { numRuns: 300 },
  );
});

test('printing is canonical: printing what was read from a print changes nothing', () => {
  fc.assert(
    fc.property(arbitraryDocument, (document) => {
      const text = printRadl(document);
      expect(printRadl(parseRadl(text, { dialect: 'trencadis' }).document)).toBe(text);
    }),
    { numRuns: 50 },
  );
});

test('numbers have digits and a point, never an exponent', () => {
  expect(printNumber(1e21)).toBe('1000000000000000000000');
  expect(printNumber(1.25e22)).toBe('12500000000000000000000');
  expect(printNumber(1.5e-7)).toBe('0.00000015');
  fc.assert(
    fc.property(fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }), (value) => {
      const printed = printNumber(Math.abs(value));
      expect(printed).toMatch(/^\d+(\.\d+)?$/);
      expect(Number(printed)).toBe(Math.abs(value));
    }),
  );
});

test('a document of each section prints as people write it', () => {
  const text = `network private ()

network stored

system web (
  cpu.count >= 1 and
  memory.size >= 512M and
  disk.0.applications contains (name = 'ant' and version = '1.8') and
  soft 10 (memory.size >= 4Gi)
)

configure web (
@begin
---
  - tasks:
@end
)

contextualize 600 (
  option Ansible = 'ansible==9.0'
  system web configure web step 1
)

deploy web 2 onprem
`;
  const { document, diagnostics } = parseRadl(text);
  expect(diagnostics).toEqual([]);
  expect(printRadl(document)).toBe(text);
});
