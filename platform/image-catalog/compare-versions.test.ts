import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { compareVersions, isVersionPrefix } from './compare-versions.ts';

const vmrcChain = [
  '1.5.1',
  '1.6.0_6',
  '1.6.0_07',
  '1.6.0_07-b06',
  '1.6.0_07-b07',
  '1.6.0_08-a06',
  '2.0',
  '2.0.0.16',
  '5.10',
  '9.0.0.0',
  '10.1.2.0',
  'Generic_127127-11',
];

const version = fc.oneof(
  fc.stringMatching(/^[0-9]{1,3}([._-][0-9a-z]{1,3}){0,4}$/),
  fc.constantFrom(...vmrcChain, '', '-', '5.07', '5.7', '8.4.9rc1', 'focal'),
);

describe('compareVersions', () => {
  it('keeps the order that VMRC documents', () => {
    for (const [low, left] of vmrcChain.entries()) {
      for (const [high, right] of vmrcChain.entries()) {
        expect(compareVersions(left, right), `${left} against ${right}`).toBe(Math.sign(low - high));
      }
    }
  });

  it.each([
    ['5.7', '5.10'],
    ['5.7', '5.7.0'],
    ['5.07', '5.7'],
    ['14.04', '14.4'],
    ['1.6', '1.6.0.35'],
    ['8.4.9', '8.4.9rc1'],
    ['8.4', '8.4-rc1'],
    ['1.0', '1.0-beta'],
    ['20.04', 'focal'],
    ['focal', 'jammy'],
    ['1.2', 'v1.2'],
    ['1.6.0.35', '1.6.35'],
    ['', '1'],
    ['3000000000', '20240101120000'],
  ])('%s comes before %s', (low, high) => {
    expect(compareVersions(low, high)).toBe(-1);
    expect(compareVersions(high, low)).toBe(1);
  });

  it.each([
    ['1.6.0_35', '1.6.0.35'],
    ['1.0-RC1', '1.0-rc1'],
  ])('%s and %s are the same', (left, right) => {
    expect(compareVersions(left, right)).toBe(0);
  });

  test.prop([version, version, version])('is a total order', (a, b, c) => {
    expect(compareVersions(a, b)).toBe(0 - compareVersions(b, a));
    if (compareVersions(a, b) <= 0 && compareVersions(b, c) <= 0) {
      expect(compareVersions(a, c)).toBeLessThanOrEqual(0);
    }
  });
});

describe('isVersionPrefix', () => {
  it.each(['4', '4.2', '4.2.1'])('%s is a prefix of 4.2.1', (prefix) => {
    expect(isVersionPrefix(prefix, '4.2.1')).toBe(true);
  });

  it.each(['40', '4.2.10', '4.3', '40.2.1'])('4 and its parts do not run into %s', (other) => {
    expect(isVersionPrefix('4.2.1', other)).toBe(false);
    expect(isVersionPrefix(other, '4.2.1')).toBe(false);
  });
});
