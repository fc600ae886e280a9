import { fc, test } from '@fast-check/vitest';
import { expect } from 'vitest';
import { factsOf, tagsOf } from './tags.ts';

test.prop([
  fc.dictionary(fc.string(), fc.option(fc.string(), { nil: undefined }), { noNullPrototype: true }),
])('gives back the facts that it was given', (facts) => {
  const known = Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));
  expect(factsOf({ Tags: tagsOf(facts) })).toEqual(known);
});
