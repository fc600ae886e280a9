import { argon2 } from 'node:crypto';
import { type SealingKey, parseSealingKey } from './seal.ts';

const keyByteCount = 32;
/** OWASP's first choice for argon2id: 46 MiB while it runs. */
const cost = { memory: 47_104, passes: 1, parallelism: 1 };

/** The key that a passphrase stands for, under a salt of at least 16 random bytes that is kept beside what it seals. */
export function sealingKeyOfPassphrase(passphrase: string, salt: Uint8Array): Promise<SealingKey> {
  const message = Buffer.from(passphrase.normalize('NFKC'), 'utf8');
  const parameters = { message, nonce: salt, tagLength: keyByteCount, ...cost };
  return new Promise((resolve, reject) => {
    argon2('argon2id', parameters, (error, key) => {
      if (error) reject(error);
      else resolve(parseSealingKey(Buffer.from(key).toString('base64url')));
    });
  });
}
