import { expect, it } from 'vitest';
import { open, seal, sealingKeyOfPassphrase } from './index.ts';

it('makes the same key of the same passphrase and salt only', async () => {
  const salt = Buffer.alloc(16, 1);
  const sealed = seal(Buffer.from('secret'), await sealingKeyOfPassphrase('a phrase', salt), 'place');
  expect(open(sealed, await sealingKeyOfPassphrase('a phrase', salt), 'place').toString()).toBe('secret');
  const others = [
    await sealingKeyOfPassphrase('another phrase', salt),
    await sealingKeyOfPassphrase('a phrase', Buffer.alloc(16, 2)),
  ];
  for (const key of others) expect(() => open(sealed, key, 'place')).toThrow(/./);
});
