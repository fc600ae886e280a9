import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { describeComponentRepository } from './conformance.ts';
import { openComponentRepository } from './open-component-repository.ts';

const newDirectory = (): Promise<string> => mkdtemp(join(tmpdir(), 'trencadis-components-'));

describeComponentRepository('a folder', async () => {
  const parent = await newDirectory();
  const directory = join(parent, 'made', 'when', 'needed');
  return {
    repository: openComponentRepository({ directory }),
    sameRepository: openComponentRepository({ directory }),
    reopen: (options) => openComponentRepository({ directory, ...options }),
    lose: ({ digest }) => rm(join(directory, 'blobs', digest)),
    corrupt: async ({ digest }) => {
      const path = join(directory, 'blobs', digest);
      const content = await readFile(path);
      content[0] = (content[0] ?? 0) ^ 1;
      await writeFile(path, content);
    },
    [Symbol.asyncDispose]: () => rm(parent, { recursive: true }),
  };
});

describe('the folder of a component repository', () => {
  const conf = { fileName: 'one.conf', version: '1', description: '', content: Buffer.from('a') };
  let directory: string;
  beforeEach(async () => {
    directory = await newDirectory();
  });
  afterEach(() => rm(directory, { recursive: true }));

  it('holds a content once, and leaves no half-written file', async () => {
    const repository = openComponentRepository({ directory });
    await Promise.all([
      repository.add(conf),
      repository.add({ ...conf, fileName: 'two.conf' }),
      repository.add({ ...conf, version: '2' }),
    ]);
    expect(await readdir(join(directory, 'blobs'))).toHaveLength(1);
    expect(await readdir(join(directory, 'incoming'))).toEqual([]);
  });

  it('names a damaged index file and what is wrong with it', async () => {
    const repository = openComponentRepository({ directory });
    const component = await repository.add(conf);
    const path = join(directory, 'components', 'one.conf', '1.json');
    await writeFile(path, JSON.stringify({ ...component, digest: '../../secret' }));
    await expect(repository.list()).rejects.toMatchObject({
      code: 'internal',
      message: expect.stringContaining('digest:'),
      subject: path,
    });
    await writeFile(path, '{');
    await expect(repository.find('one.conf')).rejects.toMatchObject({ code: 'internal', subject: path });
  });

  it('does not follow a digest out of its folder', async () => {
    const repository = openComponentRepository({ directory });
    const component = await repository.add(conf);
    const forged = { ...component, digest: '../components/one.conf/1.json' as typeof component.digest };
    await expect(repository.read(forged)).rejects.toMatchObject({ code: 'invalid-argument' });
  });
});
