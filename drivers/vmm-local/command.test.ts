import { describe, expect, it } from 'vitest';
import { run } from './command.ts';
import { translated } from './errors.ts';

const signal = new AbortController().signal;
const failing = (script: string) => translated(signal, () => run('sh', ['-c', script], { signal }));

describe('a failing command', () => {
  it.each([
    ['echo "mke2fs: No space left on device" >&2; exit 1', 'quota-exceeded'],
    ['echo "mount: Operation not permitted" >&2; exit 1', 'forbidden'],
    ['echo "umount: target is busy: Device or resource busy" >&2; exit 1', 'unavailable'],
    ['echo "something else" >&2; exit 3', 'internal'],
  ])('%s is %s', async (script, code) => {
    await expect(failing(script)).rejects.toMatchObject({ code });
  });

  it('that is not installed names the package', async () => {
    const absent = translated(signal, () => run('no-such-command', [], { signal }));
    await expect(absent).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('apt-get install'),
    });
  });

  it("that was called off is the caller's own reason", async () => {
    const abort = new AbortController();
    const work = translated(abort.signal, () => run('sleep', ['10'], { signal: abort.signal }));
    abort.abort(new Error('called off'));
    await expect(work).rejects.toThrow('called off');
  });

  it("sees nothing of the platform's environment", async () => {
    const names = (await run('env', [], { signal })).split('\n').map((line) => line.split('=')[0]);
    expect(new Set(names)).toEqual(new Set(['LC_ALL', 'PATH']));
  });
});
