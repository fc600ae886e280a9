import { fc, test } from '@fast-check/vitest';
import { idPatterns } from '@trencadis/ids';
import { describe, expect, it } from 'vitest';
import { idFromName } from './image-importer.ts';

describe('idFromName', () => {
  it.each([
    ['com.ubuntu.cloud:server:22.04:amd64', 'com-ubuntu-cloud-server-22-04-amd64'],
    ['Base Toolkits', 'base-toolkits'],
  ])('%s is %s', (name, id) => {
    expect(idFromName(name)).toBe(id);
  });

  it('keeps long names apart', () => {
    expect(idFromName(`${'a'.repeat(80)}1`)).not.toBe(idFromName(`${'a'.repeat(80)}2`));
  });

  test.prop([fc.string({ unit: 'binary', maxLength: 100 })])(
    'any name gives an id, always the same',
    (name) => {
      expect(idFromName(name)).toMatch(idPatterns.VmiId);
      expect(idFromName(name)).toBe(idFromName(name));
    },
  );
});
