import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import {
  type ComponentRepository,
  componentApi,
  componentHandlers,
  openComponentRepository,
} from '@trencadis/component-repository';
import { type ComponentClient, createComponentClient } from '@trencadis/component-repository/client';
import { type HttpServer, createHttpServer, listen, registerRoutes } from '@trencadis/http';
import { createLog } from '@trencadis/log';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addBuiltComponents } from './add-built-components.ts';
import { downloadComponent, uploadComponent } from './component-files.ts';
import { licenceOfModules } from './licence-of-modules.ts';

let folder: string;
let repository: ComponentRepository;
let server: HttpServer;
let client: ComponentClient;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trencadis-components-'));
  repository = openComponentRepository({ directory: join(folder, 'components') });
  const log = createLog({ name: 'test', level: 'silent' });
  server = await createHttpServer({ log, title: 'Components', version: '1' });
  registerRoutes(server, componentApi, componentHandlers({ repository }), {
    authenticate: async () => undefined,
  });
  const baseUrl = await listen(server, { host: '127.0.0.1', port: 0 });
  client = createComponentClient({ baseUrl, token: 'operator' });
});
afterEach(async () => {
  await client[Symbol.asyncDispose]();
  await server.close();
  await rm(folder, { recursive: true });
});

const names = async () => (await repository.list()).map(({ fileName, version }) => `${fileName} ${version}`);

describe('addBuiltComponents', () => {
  it('adds what was built once, and what changed as the next build', async () => {
    const stale = { fileName: 'database.sql', description: '', content: Buffer.from('before') };
    await repository.add({ ...stale, version: '0.1.0' });
    const first = await addBuiltComponents(client);
    expect(first.map(({ isNew }) => isNew)).toEqual([true, true]);
    const expected = ['Key_Server_Grid_Service.gar 0.1.0', 'database.sql 0.1.0', 'database.sql 0.1.0+1'];
    expect(await names()).toEqual(expected);
    const again = await addBuiltComponents(client);
    expect(again.map(({ isNew }) => isNew)).toEqual([false, false]);
    expect(await names()).toEqual(expected);
    await repository.add({ ...stale, version: '0.1.0+2' });
    await addBuiltComponents(client);
    expect(await names()).toEqual([...expected, 'database.sql 0.1.0+2', 'database.sql 0.1.0+3']);
  });
});

describe('files of components', () => {
  it('go to the repository and come back', async () => {
    const path = join(folder, 'file');
    await writeFile(path, 'content');
    const statement = { fileName: 'a.conf', version: '1', description: 'a' };
    const component = await uploadComponent(client, path, statement);
    await downloadComponent(client, component, join(folder, 'copy'));
    expect(await readFile(join(folder, 'copy'), 'utf8')).toBe('content');
  });

  it('leave nothing when they are not what was asked for, and keep what was there', async () => {
    const statement = { fileName: 'a.conf', version: '1', description: '' };
    const component = await repository.add({ ...statement, content: Buffer.from('content') });
    await writeFile(join(folder, 'components/blobs', component.digest), 'CONTENT');
    const copies = await mkdtemp(join(folder, 'copies-'));
    await writeFile(join(copies, 'a.conf'), 'what was there');
    const view = (await client.listComponents({ query: {} })).components[0]!;
    await expect(downloadComponent(client, view, join(copies, 'a.conf'))).rejects.toMatchObject({
      code: 'internal',
      subject: 'a.conf',
    });
    expect(await readdir(copies)).toEqual(['a.conf']);
    expect(await readFile(join(copies, 'a.conf'), 'utf8')).toBe('what was there');
  });
});

describe('licenceOfModules', () => {
  it('joins the licences of all packages, each once, and a choice as one', async () => {
    const packages = { one: 'MIT', '@scope/two': 'MIT OR ISC', three: 'MIT' };
    const modules = Object.keys(packages).map((name) => `${folder}/node_modules/${name}`);
    for (const [index, license] of Object.values(packages).entries()) {
      await writeTree(`${modules[index]}/package.json`, JSON.stringify({ license }));
    }
    const files = [...modules.map((path) => `${path}/lib/index.js`), `${folder}/apps/own.ts`];
    expect(await licenceOfModules(files, 'Apache-2.0')).toBe('Apache-2.0 AND MIT AND (MIT OR ISC)');
  });

  it('refuses a package that names none', async () => {
    await writeTree(`${folder}/node_modules/nameless/package.json`, '{}');
    const licence = licenceOfModules([`${folder}/node_modules/nameless/index.js`], 'Apache-2.0');
    await expect(licence).rejects.toMatchObject({ code: 'invalid-argument' });
  });
});

async function writeTree(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}
