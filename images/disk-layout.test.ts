import { expect, it } from 'vitest';
import { masterBootRecord, virtualSizeOf } from './disk-layout.ts';

const gib = 2 ** 30;

it.each([
  [0, 2],
  [463 * 2 ** 20, 2],
  [1.2 * gib, 2],
  [1.3 * gib, 3],
])('gives a tree of %d bytes a disk of %d GiB', (treeBytes, diskGiB) => {
  expect(virtualSizeOf(treeBytes)).toBe(diskGiB * gib);
});

it('writes a partition table into the boot code', () => {
  const record = Buffer.from(masterBootRecord(new Uint8Array(512).fill(0xcc), 2 * gib, 0xfedcba98));
  expect(record).toHaveLength(512);
  expect(record.subarray(0, 440).every((byte) => byte === 0xcc)).toBe(true);
  expect(record.readUInt32LE(440)).toBe(0xfedcba98);
  expect(record.toString('hex', 446, 462)).toBe('80feffff83feffff0008000000f83f00');
  // Anything but zeros in the unused entries, and Linux takes the whole table for damaged.
  expect(record.subarray(462, 510).every((byte) => byte === 0)).toBe(true);
  expect(record.readUInt16BE(510)).toBe(0x55aa);
});
