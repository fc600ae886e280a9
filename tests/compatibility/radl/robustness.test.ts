import { parseRadl, printRadl, readRadl } from '@trencadis/radl';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dialects, readCorpus } from './read-corpus.ts';
import { isAccepted } from './verdict.ts';

const corpus = readCorpus();
const original = fc.constantFrom(...corpus.map(({ text }) => text));
const dialect = fc.constantFrom(...dialects);

const bytes = fc
  .tuple(fc.uint8Array({ maxLength: 400 }), fc.constantFrom('utf8', 'latin1', 'utf16le'))
  .map(([array, encoding]) => Buffer.from(array).toString(encoding as BufferEncoding));

const piece = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 4 }),
  fc.constantFrom(
    "'",
    '(',
    ')',
    '@begin\n',
    '\n@end\n',
    ' and ',
    '1.',
    '=',
    'system ',
    '\\',
    ',',
    '\n',
    '{{',
    ': ',
  ),
);
const edit = fc.record({ at: fc.nat(), cut: fc.nat({ max: 40 }), insert: piece });
const mutated = fc.tuple(original, fc.array(edit, { minLength: 1, maxLength: 5 })).map(([text, edits]) =>
  edits.reduce((now, { at, cut, insert }) => {
    const start = at % (now.length + 1);
    return now.slice(0, start) + insert + now.slice(start + cut);
  }, text),
);
const spliced = fc.tuple(original, original, fc.nat(), fc.nat()).map(([a, b, i, j]) => {
  return a.slice(0, i % (a.length + 1)) + b.slice(j % (b.length + 1));
});

test('whatever bytes come, they are read in every dialect', () => {
  fc.assert(
    fc.property(bytes, dialect, (text, as) => {
      expect(printRadl(readRadl(text, { dialect: as }).document)).toBeTypeOf('string');
    }),
    { numRuns: 1000 },
  );
});

test('so are documents with pieces cut, replaced and joined', () => {
  fc.assert(
    fc.property(fc.oneof(mutated, spliced), dialect, (text, as) => {
      expect(printRadl(readRadl(text, { dialect: as }).document)).toBeTypeOf('string');
    }),
    { numRuns: 1000 },
  );
});

const accepted = corpus.flatMap(({ name, text, verdicts }) =>
  dialects.filter((as) => verdicts[as].startsWith('accepted')).map((as) => ({ name, text, as })),
);

test.each(accepted)('$name in $as is accepted as it is printed', ({ text, as }) => {
  const printed = printRadl(parseRadl(text, { dialect: as }).document);
  expect(isAccepted(printed, as)).toBe(true);
  expect(printRadl(parseRadl(printed, { dialect: as }).document)).toBe(printed);
});

test('a mutated document that is accepted is accepted as it is printed', () => {
  fc.assert(
    fc.property(mutated, dialect, (text, as) => {
      fc.pre(isAccepted(text, as));
      expect(isAccepted(printRadl(parseRadl(text, { dialect: as }).document), as)).toBe(true);
    }),
    { numRuns: 300 },
  );
});
