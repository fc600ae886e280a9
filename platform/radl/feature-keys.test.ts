import { expect, test } from 'vitest';
import type { FeatureKey } from './feature-key.ts';
import { featureKeys, findFeatureKey, keysLike } from './feature-keys.ts';
import { editDistance } from './nearest.ts';

test('each key has one row', () => {
  const names = featureKeys.map(({ owner, key }) => `${owner} ${key}`);
  expect(new Set(names).size).toBe(names.length);
});

test('rows agree with themselves: units belong to numbers, values and formats to texts', () => {
  const isNumber = ({ type }: FeatureKey): boolean => type === 'number' || type === 'integer';
  expect(featureKeys.filter((row) => row.unit !== 'none' && !isNumber(row))).toEqual([]);
  const hasRule = (row: FeatureKey): boolean => row.values !== undefined || row.format !== undefined;
  expect(featureKeys.filter((row) => hasRule(row) && !['text', 'text-or-list'].includes(row.type))).toEqual(
    [],
  );
});

test('indices stand for N, and a star for the rest of a key', () => {
  expect(findFeatureKey('system', 'disk.12.size')?.key).toBe('disk.N.size');
  expect(findFeatureKey('system', 'net_interface.0.dns.3.tls')?.key).toBe('net_interface.N.dns.N.tls');
  expect(findFeatureKey('system', 'disk.0.os.name')?.key).toBe('disk.0.os.name');
  expect(findFeatureKey('system', 'disk.1.os.name')).toBeUndefined();
  expect(findFeatureKey('system', 'minio.0.endpoint')?.key).toBe('minio.*');
  expect(findFeatureKey('network', 'cpu.count')).toBeUndefined();
});

test('candidates carry the indices of the key they are for', () => {
  expect(keysLike('system', 'disk.7.sise')).toContain('disk.7.size');
});

test('the edit distance counts insertions, deletions, replacements and swaps', () => {
  expect(editDistance('', 'abc')).toBe(3);
  expect(editDistance('abc', 'abc')).toBe(0);
  expect(editDistance('cuont', 'count')).toBe(1);
  expect(editDistance('kitten', 'sitting')).toBe(3);
});
