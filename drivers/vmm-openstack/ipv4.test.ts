import { describe, expect, it } from 'vitest';
import { firstFreeSubnet, overlap, parseRange } from './ipv4.ts';

const range = (text: string) => parseRange(text)!;

describe('IPv4 ranges', () => {
  it('are read', () => {
    expect(parseRange('10.0.1.0/24')).toEqual({ base: 10 * 2 ** 24 + 256, size: 256 });
  });

  it.each(['', '10.0.0.0', '10.0.0.1/24', '10.0.0.0/33', '256.0.0.0/8', '10.0.0.0/24 '])(
    'are not %j',
    (text) => {
      expect(parseRange(text)).toBeUndefined();
    },
  );

  it('meet or do not', () => {
    expect(overlap(range('10.0.0.0/16'), range('10.0.9.0/24'))).toBe(true);
    expect(overlap(range('10.0.0.0/24'), range('10.0.1.0/24'))).toBe(false);
  });

  it('give the first subnet that is free', () => {
    expect(firstFreeSubnet(range('10.0.0.0/16'), [range('10.0.0.0/23')])).toBe('10.0.2.0/24');
    expect(firstFreeSubnet(range('10.0.0.0/28'), [])).toBe('10.0.0.0/28');
    expect(firstFreeSubnet(range('10.0.0.0/24'), [range('10.0.0.128/25')])).toBeUndefined();
  });
});
