import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { PlatformError } from '@trencadis/errors';

interface Cost {
  readonly memoryKiB: number;
  readonly passes: number;
  readonly parallelism: number;
}

/** OWASP's second choice for argon2id: about 30 ms of one core and 19 MiB while it runs. */
const cost: Cost = { memoryKiB: 19_456, passes: 2, parallelism: 1 };
const saltByteCount = 16;
const tagByteCount = 32;

/** The password's argon2id hash (RFC 9106) under a fresh salt: `$argon2id$v=19$m=...,t=...,p=...$salt$tag`. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(saltByteCount);
  const tag = await derive(password, salt, cost);
  const { memoryKiB, passes, parallelism } = cost;
  return `$argon2id$v=19$m=${memoryKiB},t=${passes},p=${parallelism}$${unpadded(salt)}$${unpadded(tag)}`;
}

/** Whether the hash is of that password, at the cost with which it was made. */
export async function isPasswordOf(hash: string, password: string): Promise<boolean> {
  const [, memory, passes, parallelism, salt = '', tag = ''] =
    /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([^$]+)\$([^$]+)$/.exec(hash) ?? [];
  const expected = Buffer.from(tag, 'base64');
  if (expected.length !== tagByteCount)
    throw new PlatformError('internal', 'A stored password is not an argon2id hash.');
  const madeAt = { memoryKiB: Number(memory), passes: Number(passes), parallelism: Number(parallelism) };
  return timingSafeEqual(expected, await derive(password, Buffer.from(salt, 'base64'), madeAt));
}

function derive(password: string, salt: Buffer, { memoryKiB, passes, parallelism }: Cost): Promise<Buffer> {
  const message = Buffer.from(password.normalize('NFKC'), 'utf8');
  const parameters = {
    message,
    nonce: salt,
    parallelism,
    tagLength: tagByteCount,
    memory: memoryKiB,
    passes,
  };
  return new Promise((resolve, reject) => {
    argon2('argon2id', parameters, (error, tag) => (error ? reject(error) : resolve(Buffer.from(tag))));
  });
}

function unpadded(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '');
}
