import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generateSshKeyPair } from './ssh-key-pair.ts';

const run = promisify(execFile);

describe('SSH key pair, as OpenSSH reads it', () => {
  const pair = generateSshKeyPair('inf-aaaaaaaa');
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'trencadis-key-pair-'));
    await writeFile(join(folder, 'key'), pair.privateKey, { mode: 0o600 });
    await writeFile(join(folder, 'key.pub'), `${pair.publicKey}\n`);
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('has a private key whose public half is the public key', async () => {
    const { stdout } = await run('ssh-keygen', ['-y', '-f', join(folder, 'key')]);
    expect(stdout.trim().split(' ').slice(0, 2)).toEqual(pair.publicKey.split(' ').slice(0, 2));
  });

  it('has a public key of 256 bits with its comment', async () => {
    const { stdout } = await run('ssh-keygen', ['-l', '-f', join(folder, 'key.pub')]);
    expect(stdout).toMatch(/^256 SHA256:\S+ inf-aaaaaaaa \(ECDSA\)/);
  });

  it('is another one each time', () => {
    expect(generateSshKeyPair('x').publicKey).not.toBe(generateSshKeyPair('x').publicKey);
  });
});
