import { fc, test } from '@fast-check/vitest';
import { brandId } from '@trencadis/ids';
import { expect, it } from 'vitest';
import { fromTags, toTags } from './member-records.ts';

const label = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/);
const record = fc.record({
  name: label.map((text) => brandId('VmName', text)),
  address: fc.ipV4(),
  port: fc.integer({ min: 1, max: 65_535 }),
  isDraining: fc.boolean(),
});

test.prop([fc.array(record, { maxLength: 100 })])('reads from tags what it has written', (records) => {
  const tags = toTags(records);
  expect(tags).toBeDefined();
  expect(fromTags({ Name: 'main web', ...tags })).toEqual(records);
  // What Amazon takes as a tag's value.
  for (const value of Object.values(tags!)) expect(value).toMatch(/^[\w +\-=.:/@]{1,256}$/);
});

it('says when there are more than fit', () => {
  const name = brandId('VmName', 'a'.repeat(63));
  const many = Array.from({ length: 1000 }, (_, index) => ({
    name,
    address: '255.255.255.255',
    port: 10_000 + index,
    isDraining: true,
  }));
  expect(toTags(many)).toBeUndefined();
});
