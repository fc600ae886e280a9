import { test as propertyTest } from '@fast-check/vitest';
import { type InfrastructureId, brandId, idPatterns } from '@trencadis/ids';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diskName, labelOf, networkName, vmName } from './resource-names.ts';

const id: InfrastructureId = brandId('InfrastructureId', 'inf-aaaaaaaa');
const anyText = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 200 }),
  fc.stringMatching(/^[-_A-Za-z0-9]{0,80}$/),
);
const anyPlace = fc.record({
  systemId: anyText,
  number: fc.integer({ min: 1, max: 999_999 }),
  index: fc.integer({ min: 1, max: 99 }),
  isPersistent: fc.boolean(),
});

describe('resource names', () => {
  propertyTest.prop([anyText])('have parts that are DNS labels', (text) => {
    expect(labelOf(text)).toMatch(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/);
    expect(labelOf(text)).toBe(labelOf(text));
  });

  propertyTest.prop([anyText, anyPlace])(
    'are DNS labels of at most 63 characters, whatever the document calls things',
    (name, place) => {
      expect(vmName(id, place.systemId, place.number)).toMatch(idPatterns.VmName);
      expect(networkName(id, place.systemId)).toMatch(idPatterns.NetworkName);
      expect(diskName({ id, owner: name, name }, place)).toMatch(idPatterns.DiskName);
    },
  );

  it('are readable', () => {
    expect(vmName(id, 'GT4_JAVA_ANT', 2)).toBe('inf-aaaaaaaa-gt4-java-ant-2');
    expect(networkName(id, 'private')).toBe('inf-aaaaaaaa-private');
  });

  propertyTest.prop([
    fc.stringMatching(/^[a-z][a-z0-9_]{0,60}$/),
    fc.stringMatching(/^[a-z][a-z0-9_]{0,60}$/),
  ])('differ where ids differ in more than case and punctuation, however long they are', (one, other) => {
    const folded = (text: string) => text.replaceAll(/_+/g, '_').replaceAll(/^_|_$/g, '');
    fc.pre(folded(one) !== folded(other));
    expect(vmName(id, one, 1)).not.toBe(vmName(id, other, 1));
  });

  it('differ for long ids with the same beginning', () => {
    const long = 'worker_nodes_of_the_second_cluster';
    expect(vmName(id, `${long}_a`, 1)).not.toBe(vmName(id, `${long}_b`, 1));
    expect(networkName(id, `${long}_a`)).not.toBe(networkName(id, `${long}_b`));
  });

  it('find a persistent disk again under the next infrastructure of the name', () => {
    const place = { systemId: 'db', number: 1, index: 1, isPersistent: true };
    const next = brandId('InfrastructureId', 'inf-bbbbbbbb');
    const keys = { id, owner: 'ana', name: 'keys' };
    expect(diskName({ ...keys, id: next }, place)).toBe(diskName(keys, place));
    expect(diskName({ ...keys, owner: 'ben' }, place)).not.toBe(diskName(keys, place));
    const passing = { ...place, isPersistent: false };
    expect(diskName({ ...keys, id: next }, passing)).not.toBe(diskName(keys, passing));
  });
});
