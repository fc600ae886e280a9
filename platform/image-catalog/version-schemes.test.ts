import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { describeSize, parseSize } from './parse-size.ts';
import { compareInScheme } from './version-schemes.ts';

const increasing = {
  deb: ['1.0~rc1', '1.0', '1.0-1', '1.0-1+deb12u1', '1.0-2', '1.0.1', '1.9', '1.10', '1:0.1'],
  rpm: ['1.0~rc1', '1.0', '1.0^git1', '1.0a', '1.0.1', '1.9', '1.10', '1:0.1'],
  semver: [
    '1.0.0-alpha',
    '1.0.0-alpha.1',
    '1.0.0-alpha.beta',
    '1.0.0-beta.2',
    '1.0.0-beta.11',
    '1.0.0-rc.1',
    '1.0.0',
    '1.9.0',
    '1.10.0',
  ],
  vmrc: ['1.6.0_07', '1.6.0_07-b06', '1.6.0_08', '5.07', '5.7', '5.10', 'focal'],
} as const;
const schemes = Object.keys(increasing) as (keyof typeof increasing)[];

describe.each(schemes)('%s', (scheme) => {
  const compare = compareInScheme[scheme];

  it('orders as its definition says', () => {
    for (const [low, left] of increasing[scheme].entries()) {
      for (const [high, right] of increasing[scheme].entries()) {
        expect(compare(left, right), `${left} against ${right}`).toBe(Math.sign(low - high));
      }
    }
  });

  const version = fc.oneof(
    fc.constantFrom(...increasing[scheme]),
    fc.stringMatching(/^[0-9a-z.~^+:-]{0,8}$/),
  );
  test.prop([version, version, version])('is an order, whatever it is given', (a, b, c) => {
    expect(compare(a, b)).toBe(0 - compare(b, a));
    if (compare(a, b) <= 0 && compare(b, c) <= 0) expect(compare(a, c)).toBeLessThanOrEqual(0);
  });
});

it.each([
  ['deb', '1.0', '1.00'],
  ['deb', '1.0', '0:1.0'],
  ['rpm', '1.0', '1.0-3'],
  ['rpm', '1_0', '1.0'],
  ['semver', '1.0.0+a', '1.0.0+b'],
  ['semver', '1.0', '1.0.0'],
] as const)('%s takes %s and %s for the same', (scheme, left, right) => {
  expect(compareInScheme[scheme](left, right)).toBe(0);
});

describe('parseSize', () => {
  it.each([
    ['4096', 4096],
    ['512MiB', 512 * 2 ** 20],
    ['2 GB', 2e9],
    ['10G', 10e9],
    ['1.5 tib', 1.5 * 2 ** 40],
    ['0', 0],
  ])('%s is %d bytes', (text, bytes) => {
    expect(parseSize(text)).toBe(bytes);
  });

  it.each(['', 'GB', '1 XB', '-1', '1e3', '1,5 GB'])('%j is no size', (text) => {
    expect(parseSize(text)).toBeUndefined();
  });

  test.prop([fc.integer({ min: 0, max: 2 ** 50 })])('reads what it describes, to a hundredth', (bytes) => {
    expect(parseSize(describeSize(bytes))).toSatisfy(
      (read) => Math.abs((read as number) - bytes) <= Math.max(1, bytes) * 0.01,
    );
  });
});
