import { describe, expect, it } from 'vitest';
import { parseLease } from './parse-lease.ts';

const now = new Date('2026-01-01T00:00:00.000Z');

describe('parseLease', () => {
  it.each([
    ['90m', '2026-01-01T01:30:00.000Z'],
    ['12h', '2026-01-01T12:00:00.000Z'],
    ['7d', '2026-01-08T00:00:00.000Z'],
    ['2w', '2026-01-15T00:00:00.000Z'],
    ['2026-02-01', '2026-02-01T00:00:00.000Z'],
    ['2026-02-01T10:00:00+02:00', '2026-02-01T08:00:00.000Z'],
  ])('%s ends at %s', (text, ends) => {
    expect(parseLease(text, now)?.toISOString()).toBe(ends);
  });

  it('knows that there may be none', () => {
    expect(parseLease('none', now)).toBeUndefined();
  });

  it.each(['', '7', '7y', 'tomorrow', '2026-99-01', '2025-12-31', '0d', '-1d'])('refuses "%s"', (text) => {
    expect(() => parseLease(text, now)).toThrow(
      expect.objectContaining({ code: 'invalid-argument' }) as Error,
    );
  });
});
