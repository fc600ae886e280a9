import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readCatalogEntries } from './read-catalog-entries.ts';

const entry = {
  id: 'base',
  name: 'Base',
  description: 'For a test.',
  architecture: 'x86_64',
  operatingSystem: { name: 'linux', flavour: 'Debian', version: '12' },
  applications: [{ name: 'systemd', version: '252' }, { name: 'openssh' }],
  standIns: [{ for: { kind: 'application', application: { name: 'ant' } }, by: 'Puppet' }],
};

describe('readCatalogEntries', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'trencadis-entries-'));
  });
  afterEach(() => rm(directory, { recursive: true }));

  async function write(folder: string, source: unknown): Promise<void> {
    await mkdir(join(directory, folder));
    const text = typeof source === 'string' ? source : JSON.stringify(source);
    await writeFile(join(directory, folder, 'vmi.json'), text);
  }

  it('reads every entry, by id, and passes over what is none', async () => {
    await write('second', { ...entry, id: 'second' });
    await write('base', entry);
    await mkdir(join(directory, 'node_modules'));
    await writeFile(join(directory, 'README.md'), '');
    expect(await readCatalogEntries(directory)).toEqual([entry, { ...entry, id: 'second' }]);
  });

  it.each([
    ['a misspelt key', { ...entry, standins: [] }, 'standins'],
    [
      'a number as a version',
      { ...entry, operatingSystem: { ...entry.operatingSystem, version: 12 } },
      'operatingSystem.version:',
    ],
    [
      'an empty version',
      { ...entry, applications: [{ name: 'ant', version: ' ' }] },
      'applications[0].version:',
    ],
    ['an unknown kind', { ...entry, standIns: [{ for: { kind: 'x' }, by: 'y' }] }, 'standIns[0].for.kind:'],
    ['artifacts', { ...entry, artifacts: [] }, 'artifacts'],
    ['another id', { ...entry, id: 'other' }, "id: must be 'base'"],
    ['no JSON', '{"id": "base",', 'JSON'],
    ['a list', '[]', 'the whole file:'],
  ])('refuses %s, naming the file and the place', async (_what, source, place) => {
    await write('base', source);
    const file = join(directory, 'base', 'vmi.json');
    await expect(readCatalogEntries(directory)).rejects.toMatchObject({
      code: 'invalid-argument',
      subject: file,
      message: expect.stringContaining(place),
    });
  });

  it('names a directory that is not there', async () => {
    const missing = join(directory, 'missing');
    await expect(readCatalogEntries(missing)).rejects.toMatchObject({ code: 'not-found', subject: missing });
  });
});
