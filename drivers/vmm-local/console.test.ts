import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lastConsoleLines, readConsole } from './console.ts';

let directory = '';
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'trencadis-console-'));
});
afterAll(() => rm(directory, { recursive: true }));

async function places(name: string, pieces: { readonly old?: string; readonly now?: string }) {
  const console = join(directory, name);
  if (pieces.old !== undefined) await writeFile(`${console}.old`, pieces.old);
  if (pieces.now !== undefined) await writeFile(console, pieces.now);
  return { console };
}

describe("a machine's console", () => {
  it('is empty before the first boot', async () => {
    const none = await places('none', {});
    expect(await readConsole(none)).toBe('');
    expect(await lastConsoleLines(none)).toEqual([]);
  });

  it('is read over the border of its two pieces', async () => {
    const both = await places('both', { old: 'first\nsec', now: 'ond\nthird\n' });
    expect(await readConsole(both)).toBe('first\nsecond\nthird\n');
    expect(await lastConsoleLines(both)).toEqual(['first', 'second', 'third']);
  });

  it('is cut to its last 64 KiB, never inside a character', async () => {
    const long = await places('long', { now: `${'é'.repeat(40_000)}end` });
    const text = await readConsole(long);
    expect(Buffer.byteLength(text)).toBe(64 * 1024 - 1);
    expect(text.endsWith('éend')).toBe(true);
    expect(text).not.toContain('\uFFFD');
  });
});
