import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { replayFile } from './replay-trace.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trencadis-replay-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function file(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

const radl = (above: number) => `service broker (
  replicas.min = 2 and replicas.max = 5 and scale.above = ${above}
)`;
const trace = [
  JSON.stringify({ radl: radl(80) }),
  '{"at": 0, "metrics": {"cpu": 91}}',
  '{"at": 120000, "metrics": {"cpu": 20}}',
].join('\n');

describe('a trace', () => {
  it('is decided on offline, and shows what was decided', async () => {
    const { text, hasDifferences } = await replayFile(await file('trace.jsonl', trace), {});
    expect(hasDifferences).toBe(false);
    expect(text).toMatch(/1970-01-01T00:01:0[05]\.000Z \[2 -> 3\]/);
    expect(text).toMatch(/25 evaluations\.\n$/);
  });

  it('is one JSON object a line for machines', async () => {
    const { text } = await replayFile(await file('trace.jsonl', trace), { json: true });
    expect(
      text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as object),
    ).toHaveLength(25);
  });

  it('that is not there is told so', async () => {
    await expect(replayFile(join(folder, 'none'), {})).rejects.toMatchObject({ code: 'not-found' });
  });
});
