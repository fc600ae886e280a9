import { sha256OfBytes } from '@trencadis/ids';
import { describe, expect, it } from 'vitest';
import type { ComponentRepositoryHarness } from '../conformance.ts';

const conf = { fileName: 'scaling.conf', version: '1.0.0', description: '' };
const sizeBytes = 3_000_000;

/** Three megabytes, never all at once. */
async function* manyBytes(): AsyncGenerator<Uint8Array> {
  for (let index = 0; index < sizeBytes / 10_000; index += 1) yield Buffer.alloc(10_000, index);
}

async function bytesOf(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all);
}

export function describeContents(harness: () => ComponentRepositoryHarness): void {
  describe('contents', () => {
    it('come and go as streams, whole or in part', async () => {
      const whole = await bytesOf(manyBytes());
      const component = await harness().repository.add({ ...conf, content: manyBytes() });
      expect(component).toMatchObject({ sizeBytes, digest: sha256OfBytes(whole) });
      expect((await bytesOf(await harness().sameRepository.open(component))).equals(whole)).toBe(true);
      const part = await harness().repository.open(component, { start: 9_999, end: 10_000 });
      expect(await bytesOf(part)).toEqual(Buffer.from([0, 1]));
    });

    it('are refused when they are not what was declared, and leave nothing', async () => {
      const digest = sha256OfBytes(Buffer.from('b'));
      const added = harness().repository.add({ ...conf, content: Buffer.from('a'), digest });
      await expect(added).rejects.toMatchObject({ code: 'invalid-argument', subject: conf.fileName });
      expect(await harness().repository.list()).toEqual([]);
    });

    it('are refused when they stop half way, and leave nothing', async () => {
      async function* half() {
        yield Buffer.from('half');
        throw new Error('the line is cut');
      }
      await expect(harness().repository.add({ ...conf, content: half() })).rejects.toThrow('the line is cut');
      expect(await harness().repository.list()).toEqual([]);
    });

    it('are refused when they are too large, before all of them have come', async () => {
      let sent = 0;
      async function* endless() {
        for (;;) {
          sent += 1;
          yield Buffer.alloc(1_000);
        }
      }
      const small = harness().reopen({ maxBytes: 10_000 });
      await expect(small.add({ ...conf, content: endless() })).rejects.toMatchObject({
        code: 'invalid-argument',
      });
      expect(sent).toBeLessThan(20);
      const exact = { ...conf, content: Buffer.alloc(10_000) };
      expect(await small.add(exact)).toMatchObject({ sizeBytes: 10_000 });
    });

    it('are not even asked for when that version is there with others', async () => {
      await harness().repository.add({ ...conf, content: Buffer.from('a') });
      let isRead = false;
      async function* content() {
        isRead = true;
        yield Buffer.from('b');
      }
      const digest = sha256OfBytes(Buffer.from('b'));
      const added = harness().repository.add({ ...conf, content: content(), digest });
      await expect(added).rejects.toMatchObject({ code: 'conflict' });
      expect(isRead).toBe(false);
    });

    it('are verified on demand', async () => {
      const { repository } = harness();
      const component = await repository.add({ ...conf, content: Buffer.from('a') });
      expect(await repository.verify(component)).toEqual({ content: 'intact', signature: 'none' });
      await harness().corrupt(component);
      expect(await repository.verify(component)).toEqual({ content: 'damaged', signature: 'none' });
      await harness().lose(component);
      expect(await repository.verify(component)).toEqual({ content: 'missing', signature: 'none' });
      await expect(repository.open(component)).rejects.toMatchObject({ code: 'not-found' });
    });
  });

  describe('garbage', () => {
    const tomorrow = { now: () => new Date(Date.now() + 25 * 60 * 60 * 1000), sleep: async () => {} };

    it('is what no component has, after a day', async () => {
      const { repository } = harness();
      const kept = await repository.add({ ...conf, content: Buffer.from('kept') });
      const shared = await repository.add({ ...conf, version: '2', content: Buffer.from('kept') });
      const gone = await repository.add({ ...conf, version: '3', content: Buffer.from('gone') });
      await repository.remove(gone);
      await repository.remove(shared);
      expect(await repository.collectGarbage()).toBe(0);
      expect(await harness().reopen({ clock: tomorrow }).collectGarbage()).toBe(4);
      expect(await repository.verify(gone)).toMatchObject({ content: 'missing' });
      expect(await repository.verify(kept)).toMatchObject({ content: 'intact' });
    });

    it('is none in an empty repository', async () => {
      expect(await harness().repository.collectGarbage()).toBe(0);
    });
  });
}
