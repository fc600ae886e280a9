import { expect, it } from 'vitest';
import { derivedKey } from './derived-key.ts';
import { parseSealingKey } from './seal.ts';

const keyOf = (byte: number) => parseSealingKey(Buffer.alloc(32, byte).toString('base64url'));

it('is the same for a key and a purpose, and another for any other of them', () => {
  const key = derivedKey(keyOf(1), 'one');
  expect(key).toHaveLength(32);
  expect(derivedKey(keyOf(1), 'one')).toEqual(key);
  for (const other of [derivedKey(keyOf(1), 'two'), derivedKey(keyOf(2), 'one'), new Uint8Array(keyOf(1))])
    expect(other).not.toEqual(key);
});
