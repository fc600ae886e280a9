import { randomBytes } from 'node:crypto';
import { fc } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { open, parseSealingKey, seal } from './index.ts';

const key = parseSealingKey(Buffer.alloc(32, 7).toString('base64url'));
const otherKey = parseSealingKey(Buffer.alloc(32, 8).toString('base64url'));
const secret = Buffer.from('the share of a key');

describe('seal and open', () => {
  it('give back what was sealed', () => {
    const same = fc.property(fc.uint8Array(), fc.string(), (plain, context) => {
      expect([...open(seal(plain, key, context), key, context)]).toEqual([...plain]);
    });
    fc.assert(same);
  });

  it('never seals the same secret to the same text', () => {
    expect(seal(secret, key, 'a')).not.toBe(seal(secret, key, 'a'));
  });

  it('does not open with another key or for another context, and says nothing of the secret', () => {
    const sealed = seal(secret, key, 'share:1');
    for (const attempt of [() => open(sealed, otherKey, 'share:1'), () => open(sealed, key, 'share:2')]) {
      expect(attempt).toThrow(expect.objectContaining({ code: 'internal' }));
      expect(attempt).not.toThrow(/the share/);
    }
  });

  it('does not open when one character changed', () => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const refused = fc.property(fc.nat(), fc.integer({ min: 1, max: 63 }), (at, by) => {
      const sealed = seal(secret, key, 'share:1');
      const first = sealed.indexOf('.') + 1;
      const index = first + (at % (sealed.length - first));
      fc.pre(sealed[index] !== '.');
      const changed = alphabet[(alphabet.indexOf(sealed[index]!) + by) % 64];
      const tampered = sealed.slice(0, index) + changed + sealed.slice(index + 1);
      expect(() => open(tampered, key, 'share:1')).toThrow(expect.objectContaining({ code: 'internal' }));
    });
    fc.assert(refused);
  });

  it.each(['', 'sealed-v1', 'sealed-v2.AAAAAAAAAAAAAAAA.AAAA', 'sealed-v1.AAAA.AAAA', 'a.b.c.d'])(
    'refuses the envelope %j',
    (text) => {
      expect(() => open(text, key, 'share:1')).toThrow(/not in the form/);
    },
  );
});

describe('parseSealingKey', () => {
  it('takes 32 bytes with or without padding', () => {
    const bytes = randomBytes(32);
    expect(Buffer.from(parseSealingKey(bytes.toString('base64url')))).toEqual(bytes);
    expect(Buffer.from(parseSealingKey(`${bytes.toString('base64url')}=`))).toEqual(bytes);
  });

  it.each(['', 'c2hvcnQ', `${Buffer.alloc(32, 1).toString('base64url')}!!`])(
    'refuses %j without showing it',
    (text) => {
      expect(() => parseSealingKey(text)).toThrow(
        /^A sealing key must be 32 bytes as base64url text; this one is not.$/,
      );
    },
  );
});
