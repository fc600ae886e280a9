import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { agreedZone } from './placement.ts';
import { chooseZone } from './zones.ts';

describe('the zone of a VM', () => {
  it('is the one in which all reasons agree, or none', () => {
    expect(agreedZone('vm', [])).toBeUndefined();
    const reasons = [
      { zone: 'eu-west-1a', because: 'the disk d' },
      { zone: 'eu-west-1a', because: 'its own wish' },
    ];
    expect(agreedZone('vm', reasons)).toBe('eu-west-1a');
  });

  it('cannot be two: the message names both reasons', () => {
    const reasons = [
      { zone: 'eu-west-1a', because: 'its own wish' },
      { zone: 'eu-west-1b', because: 'the disk data' },
    ];
    expect(() => agreedZone('vm', reasons)).toThrow(
      expect.objectContaining({
        code: 'conflict',
        message: expect.stringMatching(/eu-west-1a for its own wish.*eu-west-1b for the disk data/),
      }),
    );
  });
});

describe('the home zone of a tag', () => {
  const zones = ['a', 'b', 'c'];
  test.prop([fc.string()])('is the same one, whatever order Amazon tells them in', (tag) => {
    expect(chooseZone(zones.toReversed(), tag)).toBe(chooseZone(zones, tag));
  });

  test.prop([fc.string()])('only changes to a zone that is new', (tag) => {
    expect([chooseZone(zones, tag), 'd']).toContain(chooseZone([...zones, 'd'], tag));
  });

  it('is each one of them for some', () => {
    const chosen = Array.from({ length: 100 }, (_, index) => chooseZone(zones, `inf-${index}`));
    expect(new Set(chosen).size).toBe(3);
  });

  it('is none where Amazon names none', () => {
    expect(() => chooseZone([], 'inf-test')).toThrow(expect.objectContaining({ code: 'unavailable' }));
  });
});
