import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readServiceDescriptions } from './read-service-descriptions.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trencadis-services-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const service = {
  name: 'one',
  title: 'One',
  description: 'For a test.',
  version: '1.0.0',
  needs: { vmis: ['a', ['b', 'c']], components: [] },
  status: { kind: 'released' },
};

async function write(files: Readonly<Record<string, unknown>>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), typeof content === 'string' ? content : JSON.stringify(content));
  }
}

it('reads the folders that have a service.json, by name, with their fragments', async () => {
  await write({
    'two/service.json': { ...service, name: 'two' },
    'two/two.radl': 'network x\n',
    'one/service.json': service,
    'one/one.radl': '# dialect: paper\n\nnetwork x\n',
    'one/index.lfc.radl': '# lfc\n',
    'one/index.se.radl': '# se\n',
    'modules/metadata.json': {},
    'README.md': 'text',
  });
  const [one, two, ...others] = await readServiceDescriptions(folder);
  expect(others).toEqual([]);
  expect(two).toMatchObject({ name: 'two', dialect: 'trencadis', fragments: {}, parameters: [] });
  expect(one).toMatchObject({
    name: 'one',
    dialect: 'paper',
    radl: '# dialect: paper\n\nnetwork x\n',
    fragments: { index: { lfc: '# lfc\n', se: '# se\n' } },
  });
});

it.each<[string, Readonly<Record<string, unknown>>, RegExp]>([
  [
    'no RADL text',
    { 'one/service.json': service },
    /one is not a service description: it has no one\.radl\./,
  ],
  [
    'several wrong fields',
    { 'one/service.json': { ...service, version: '1', titel: 'x' }, 'one/one.radl': '' },
    /service\.json: version: must be three numbers.*; service\.json: Unrecognized key: "titel"/,
  ],
  ['no JSON', { 'one/service.json': '{', 'one/one.radl': '' }, /service\.json cannot be read: /],
  [
    'another name than its folder',
    { 'other/service.json': service, 'other/one.radl': '' },
    /name: must be 'other', the name of its folder/,
  ],
  [
    'a file that is no fragment',
    { 'one/service.json': service, 'one/one.radl': '', 'one/index.radl': '' },
    /index\.radl is no fragment: its name must be <parameter>\.<choice>\.radl/,
  ],
])('refuses %s', async (_what, files, message) => {
  await write(files);
  await expect(readServiceDescriptions(folder)).rejects.toMatchObject({
    code: 'invalid-argument',
    message: expect.stringMatching(message),
  });
});

it('says that there is no such folder', async () => {
  await expect(readServiceDescriptions(join(folder, 'none'))).rejects.toMatchObject({ code: 'not-found' });
});
