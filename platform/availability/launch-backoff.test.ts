import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { launchBackoffMs } from './launch-backoff.ts';

describe('launchBackoffMs', () => {
  test.prop([fc.string(), fc.integer({ min: 1, max: 2000 })])(
    'doubles from 5 s to 300 s, less up to a quarter, always the same for the same names',
    (name, failures) => {
      const longest = Math.min(300_000, 5_000 * 2 ** (failures - 1));
      const ms = launchBackoffMs(name, failures);
      expect(ms).toBeLessThanOrEqual(longest);
      expect(ms).toBeGreaterThanOrEqual(longest * 0.75 - 1);
      expect(launchBackoffMs(name, failures)).toBe(ms);
    },
  );

  it('sends services that failed together to different instants', () => {
    const instants = Array.from({ length: 20 }, (_, index) => launchBackoffMs(`service-${index}`, 7));
    expect(new Set(instants).size).toBe(20);
  });
});
