import { isIPv4 } from 'node:net';
import { fc, test } from '@fast-check/vitest';
import { expect, it } from 'vitest';
import { formatAddress, formatMask, macOf, parseAddress, parseMask } from './addresses.ts';

test.prop([fc.integer({ min: 0, max: 2 ** 32 - 1 })])('reads the address that it writes', (address) => {
  expect(parseAddress(formatAddress(address))).toBe(address);
});

const part = fc.oneof(fc.integer({ min: -1, max: 300 }).map(String), fc.constantFrom('', '01', '0x1', ' 1'));

test.prop([fc.array(part, { minLength: 3, maxLength: 5 })])(
  'reads what Node takes for an address',
  (parts) => {
    const text = parts.join('.');
    expect(parseAddress(text) !== undefined).toBe(isIPv4(text));
  },
);

it.each([
  ['10.0.0.1', 0x0a000001],
  ['255.255.255.255', 2 ** 32 - 1],
  ['', undefined],
  ['10.0.0', undefined],
  ['10.0.0.256', undefined],
  ['10.0.0.010', undefined],
  ['10.0.*.1', undefined],
  ['10.0.0.1\n', undefined],
  ['::1', undefined],
  ['host', undefined],
])('reads %j as %s', (text, address) => expect(parseAddress(text)).toBe(address));

test.prop([fc.integer({ min: 0, max: 32 })])('reads the mask that it writes', (length) => {
  expect(parseMask(formatMask(length))).toBe(length);
});

it.each([
  ['255.255.255.240', 28],
  ['0.0.0.0', 0],
  ['255.0.255.0', undefined],
  ['', undefined],
])('knows %j as the mask of %s', (mask, length) => expect(parseMask(mask)).toBe(length));

it('makes a hardware address of one', () => {
  expect(macOf('52:54', '10.207.0.5')).toBe('52:54:0a:cf:00:05');
});
