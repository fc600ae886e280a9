import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createTokenIssuer } from '@trencadis/access/issuer';
import { systemClock } from '@trencadis/clock';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Trencadis } from './trencadis.ts';

const keyServer = fileURLToPath(new URL('../../service-descriptions/key-server', import.meta.url));
let trencadis: Trencadis;

beforeAll(async () => {
  trencadis = await Trencadis.create();
});
afterAll(() => trencadis[Symbol.asyncDispose]());

it('takes up the Key Server once its components are built, and the drafts at once', async () => {
  const before = await trencadis.run('service', 'list');
  expect(before).toMatch(/^trencadis-center {2}0\.1\.0 {2}draft/m);
  expect(before).toMatch(/^key-server {2}0\.1\.0 {2}waits\n.*has no 'Key_Server_Grid_Service\.gar'/m);
  const refused = await trencadis.start('service', 'validate', keyServer);
  expect(refused.exitCode).toBe(2);
  await trencadis.run('component', 'build');
  expect(await trencadis.run('service', 'import')).toMatch(/^key-server {2}0\.1\.0 {2}released/m);
  expect(await trencadis.run('service', 'validate', keyServer)).toContain('may be registered');
  expect(await trencadis.run('service', 'register', keyServer)).toContain('0.1.0: unchanged');
});

it('renders a service, or tells all that is wrong with its parameters', async () => {
  const issuers = join(trencadis.home, 'issuers.json');
  await writeFile(issuers, '[]');
  const set = ['data-service=se', 'memory-mib=4096', `token-issuers=@${issuers}`];
  const { stdout } = await trencadis.start('service', 'render', 'dicom-storage', '--json', '--set', ...set);
  expect(JSON.parse(stdout)).toMatchObject({
    dialect: 'trencadis',
    parameters: { 'token-issuers': [] },
    radl: expect.stringMatching(/memory\.size >= 4096Mi[^]*BACKEND_SE/),
  });
  const wrong = await trencadis.start('service', 'render', 'dicom-storage', '--set', 'data-service=s', 'x=1');
  expect(wrong.exitCode).toBe(2);
  for (const problem of ['x: is no parameter', 'RADL336: input data-service', 'token-issuers: must be given'])
    expect(wrong.all).toContain(problem);
});

it('deploys a released service by its name, and keeps the components that it needs', async () => {
  const issuers = join(trencadis.home, 'issuers-of-the-vo.json');
  const { trusted } = await createTokenIssuer({
    issuer: 'https://vo.test',
    audience: 'keys',
    clock: systemClock,
  });
  await writeFile(issuers, JSON.stringify([trusted]));
  const set = ['--set', `token-issuers=@${issuers}`];
  const output = await trencadis.run('deploy', '--service', 'key-server', '--name', 'keys', ...set, '--yes');
  expect(output).toMatch(/keys \(inf-\w+\): deployed/);
  const removal = await trencadis.start('component', 'remove', 'database.sql@0.1.0');
  expect(removal.exitCode).toBe(5);
  expect(removal.all).toContain('service key-server 0.1.0');
  await trencadis.run('destroy', 'keys', '--yes');
  expect(await trencadis.leftovers()).toEqual([]);
});

it('does not deploy a draft', async () => {
  const { exitCode, all } = await trencadis.start('deploy', '--service', 'voms', '--yes');
  expect(exitCode).toBe(7);
  expect(all).toContain('The service voms 0.1.0 is a draft and cannot be deployed: ');
  expect(await trencadis.leftovers()).toEqual([]);
});

it('reads a description of somebody else, with all its problems at once', async () => {
  const folder = join(trencadis.home, 'mine');
  await mkdir(folder);
  const service = {
    name: 'mine',
    title: 'Mine',
    description: 'For a test.',
    version: '1.0.0',
    needs: { vmis: ['nobodys-image'], components: ['nothing.gar'] },
    status: { kind: 'released' },
  };
  await writeFile(join(folder, 'service.json'), JSON.stringify(service));
  await writeFile(join(folder, 'mine.radl'), 'system MINE ( cpu.count = @input.cpus@ )\ndeploy MINE 1\n');
  const { exitCode, stdout } = await trencadis.start('service', 'validate', folder, '--json');
  expect(exitCode).toBe(2);
  const { problems } = JSON.parse(stdout) as { readonly problems: readonly object[] };
  const expected = [
    ['mine.radl:1:27', 'input "cpus" is not declared'],
    ['service.json: needs.vmis', "no image 'nobodys-image'"],
    ['service.json: needs.components', "no 'nothing.gar'"],
  ] as const;
  for (const [place, message] of expected)
    expect(problems).toContainEqual({ place, message: expect.stringContaining(message) });
});
