import { expect, it, vi } from 'vitest';
import { withBuildLock } from './build-lock.ts';
import { temporaryFolder } from './testing/temporary-folder.ts';

it('lets the second wait, and says so', async () => {
  const folder = await temporaryFolder();
  const happened: string[] = [];
  const waiting = Promise.withResolvers<void>();
  const first = withBuildLock(folder, { onWait: () => happened.push('first waits') }, async () => {
    const second = withBuildLock(folder, { onWait: waiting.resolve }, async () => {
      happened.push('second works');
      return await Promise.resolve('second');
    });
    await waiting.promise;
    happened.push('first ends');
    return { second };
  });
  await expect((await first).second).resolves.toBe('second');
  expect(happened).toEqual(['first ends', 'second works']);
});

it('is free again after a failure', async () => {
  const folder = await temporaryFolder();
  const onWait = vi.fn<() => void>();
  const failing = withBuildLock(folder, { onWait }, async () => await Promise.reject(new Error('no luck')));
  await expect(failing).rejects.toThrow('no luck');
  await expect(withBuildLock(folder, { onWait }, async () => await Promise.resolve(1))).resolves.toBe(1);
  expect(onWait).not.toHaveBeenCalled();
});

it('stops waiting when aborted', async () => {
  const folder = await temporaryFolder();
  const reason = new Error('changed my mind');
  await withBuildLock(folder, { onWait: () => undefined }, async () => {
    const abort = new AbortController();
    const options = { onWait: () => abort.abort(reason), signal: abort.signal };
    const second = withBuildLock(folder, options, async () => await Promise.resolve());
    await expect(second).rejects.toBe(reason);
  });
});

it('names the folder that cannot be locked', async () => {
  const nowhere = withBuildLock(
    '/nonexistent',
    { onWait: () => undefined },
    async () => await Promise.resolve(),
  );
  await expect(nowhere).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringContaining('/nonexistent'),
  });
});
