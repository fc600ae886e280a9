import { mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { DeliveredComponent } from '@trencadis/contextualization';
import { sha256OfBytes } from '@trencadis/ids';
import { create } from 'tar';
import { describe, expect, it, onTestFinished } from 'vitest';
import { withJobFolder } from './job-folder.ts';
import { placeComponents } from './place-components.ts';

async function archiveOf(
  fileName: string,
  files: Readonly<Record<string, string>>,
  { link, isDotted = false }: { readonly link?: string; readonly isDotted?: boolean } = {},
): Promise<DeliveredComponent> {
  const folder = await mkdtemp(join(tmpdir(), 'trencadis-role-'));
  onTestFinished(async () => await rm(folder, { recursive: true }));
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  if (link !== undefined) await symlink(link, join(folder, 'link'));
  const file = `${folder}.tar.gz`;
  onTestFinished(async () => await rm(file));
  await create({ file, cwd: folder, gzip: true }, isDotted ? ['.'] : await readdir(folder));
  return delivered(fileName, await readFile(file));
}

function delivered(fileName: string, content: Buffer): DeliveredComponent {
  return { fileName, digest: sha256OfBytes(content), content: async () => content };
}

async function placed(component: DeliveredComponent): Promise<readonly string[]> {
  return await withJobFolder(async (folder) => {
    await placeComponents(folder, [component]);
    const entries = await readdir(folder.path, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => !entry.isDirectory());
    return files.map(({ parentPath, name }) => join(parentPath, name).slice(folder.path.length + 1)).sort();
  });
}

describe('placeComponents', () => {
  it.each([
    { outside: '', isDotted: false },
    { outside: 'hello-1.0/', isDotted: false },
    { outside: '', isDotted: true },
    { outside: 'hello-1.0/', isDotted: true },
  ])('unpacks a role, however its archive holds it: %j', async ({ outside, isDotted }) => {
    const files = { [`${outside}tasks/main.yml`]: '[]', [`${outside}files/tasks/main.yml`]: '' };
    expect(await placed(await archiveOf('my.hello.tar.gz', files, { isDotted }))).toEqual([
      'files/my.hello.tar.gz',
      'roles/my.hello/files/tasks/main.yml',
      'roles/my.hello/tasks/main.yml',
    ]);
  });

  it.each([
    ['MANIFEST.json', '{"collection_info": {"namespace": "ours", "name": "things"}}'],
    ['galaxy.yml', 'namespace: ours\nname: things\n'],
  ])('unpacks a collection under the name in its %s', async (manifest, text) => {
    const files = { [manifest]: text, 'roles/web/tasks/main.yml': '[]' };
    expect(await placed(await archiveOf('any.tar.gz', files))).toEqual(
      [
        'files/any.tar.gz',
        `collections/ansible_collections/ours/things/${manifest}`,
        'collections/ansible_collections/ours/things/roles/web/tasks/main.yml',
      ].sort(),
    );
  });

  it('leaves other files and archives to the tasks', async () => {
    expect(await placed(delivered('database.sql', Buffer.from('create')))).toEqual(['files/database.sql']);
    expect(await placed(await archiveOf('data.tgz', { 'a/b': '' }))).toEqual(['files/data.tgz']);
  });

  it('refuses what is damaged, what is no archive, and what leads out of its folder', async () => {
    const good = await archiveOf('x.tar.gz', { 'tasks/main.yml': '[]' });
    const other = async (): Promise<Buffer> => Buffer.from('other');
    await expect(placed({ ...good, content: other })).rejects.toThrow(
      'Component x.tar.gz does not have the digest',
    );
    const noArchive = delivered('x.tar.gz', Buffer.from('no archive at all'));
    await expect(placed(noArchive)).rejects.toMatchObject({ code: 'invalid-argument', subject: 'x.tar.gz' });
    await expect(placed(delivered('../x', Buffer.from('')))).rejects.toThrow("cannot be '../x'");
    const linked = await archiveOf('y.tar.gz', { 'tasks/main.yml': '[]' }, { link: '/etc/passwd' });
    await expect(placed(linked)).rejects.toMatchObject({ code: 'invalid-argument', subject: 'y.tar.gz' });
  });
});
