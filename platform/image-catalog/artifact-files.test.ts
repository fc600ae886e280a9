import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Sha256, sha256OfText } from '@trencadis/ids';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ArtifactFiles } from './artifact-files.ts';

const content = 'content';
const digest = sha256OfText(content);
const id = { imageId: 'base', number: 1, digest };
let directory: string;
let files: ArtifactFiles;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'trencadis-artifacts-'));
  files = new ArtifactFiles(directory);
});
afterEach(() => rm(directory, { recursive: true }));

async function* bytesOf(...texts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}

async function* brokenOff(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
  throw new Error('the sender is gone');
}

it('keeps what came before the sender was cut off', async () => {
  await expect(files.append(id, 0, brokenOff('con'))).rejects.toThrow('gone');
  expect(await files.offsetOf(id)).toBe(3);
  expect(await new ArtifactFiles(directory).append(id, 3, bytesOf('te', 'nt'))).toBe(7);
  expect(await files.complete(id)).toBe(files.blobPath(digest));
  expect(await files.sizeOf(digest)).toBe(7);
});

it('lets only one write at a time', async () => {
  const gate = Promise.withResolvers<void>();
  async function* slow(): AsyncGenerator<Uint8Array> {
    yield Buffer.from('con');
    await gate.promise;
  }
  const first = files.append(id, 0, slow());
  await expect(files.append(id, 0, bytesOf('x'))).rejects.toMatchObject({ code: 'conflict' });
  gate.resolve();
  expect(await first).toBe(3);
});

it.each([
  ['an image id', { ...id, imageId: '../../etc' }],
  ['a digest', { ...id, digest: '../x' as Sha256 }],
])('goes nowhere else by %s', async (_what, wrong) => {
  await expect(files.append(wrong, 0, bytesOf('x'))).rejects.toMatchObject({ code: 'invalid-argument' });
});

it('lets nobody else read an unfinished upload', async () => {
  await files.append(id, 0, bytesOf('con'));
  expect((await stat(join(directory, 'uploads'))).mode & 0o777).toBe(0o700);
});

it('completes nothing that did not come', async () => {
  await expect(files.complete(id)).rejects.toMatchObject({ code: 'conflict' });
});
