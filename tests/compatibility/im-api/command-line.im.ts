import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clusterRadl, oneVmRadl } from './testing/documents.ts';
import { ImClient, installImClient } from './testing/im-client.ts';
import { type ImPlatform, startImPlatform } from './testing/im-platform.ts';

let platform: ImPlatform;
let client: ImClient;
beforeAll(async () => {
  await installImClient();
  platform = await startImPlatform();
  client = await ImClient.of(platform.url, ['id = lab; type = Dummy; host = lab; token = letmein']);
});
afterAll(async () => {
  await client[Symbol.asyncDispose]();
  await platform[Symbol.asyncDispose]();
});

const run = async (...operation: readonly string[]) => {
  const answer = await client.run(...operation);
  expect(answer).toMatchObject({ exitCode: 0 });
  return answer.output;
};

/** In the order of a life: each builds on the ones before. */
describe('the command-line client of IM', () => {
  let id = '';
  const state = () => run('getstate', id);

  it('getversion', async () => {
    expect(await run('getversion')).toContain('IM service version: 2.0.0+trencadis.');
  });

  it('create, and wait', async () => {
    const radl = await client.file('cluster.radl', clusterRadl(1, 'lab'));
    const output = await run('create', radl, '0');
    id = /created with ID: (inf-\w+)/.exec(output)?.[1] ?? '';
    expect(id).not.toBe('');
    await expect.poll(state, { timeout: 20_000 }).toContain('is in state: configured');
    expect(platform.dummies.get('lab')?.vms.size).toBe(2);
    expect(await run('wait', id)).toContain('configured');
  });

  it('list, by name and by filter', async () => {
    expect(await run('list')).toContain(id);
    expect(await run('-n', 'list')).toMatch(new RegExp(`${id}\\s+My cluster`));
    expect(await run('list', ".*name = 'My cl.*")).toContain(id);
    expect(await run('list', 'no such text')).toContain('No Infrastructures.');
    expect(await run('-n', 'getstate', 'My cluster')).toContain('configured');
  });

  it('getstate', async () => {
    expect(await state()).toContain('VM ID: 1 is in state: configured.');
  });

  it('getinfo, getvminfo and single features', async () => {
    const info = await run('getinfo', id);
    expect(info).toContain('Info about VM with ID: 1');
    expect(await run('getvminfo', id, '0')).toMatch(/net_interface\.0\.ip = '[\d.]+'/);
    expect((await run('-q', 'getvminfo', id, '1', 'cpu.count')).trim()).toBe('1');
    expect(await run('-q', 'getvminfo', id, '1', 'net_interface.0.dns_name')).toContain('worker-0');
    expect(await run('-s', 'worker', 'getinfo', id)).toContain("disk.1.mount_path = '/data'");
  });

  it('getcontmsg and getvmcontmsg', async () => {
    const message = await run('getcontmsg', id);
    expect(message).toContain('TASK [install the server]');
    expect(message).toContain('VM 0:');
    expect(await run('getvmcontmsg', id, '0')).toContain('ok: [');
  });

  it('getradl', async () => {
    expect(await run('getradl', id)).toContain('deploy worker 1 lab');
  });

  it('addresource and removeresource', async () => {
    const more = await client.file('more.radl', 'network private\nsystem worker\ndeploy worker 2 lab\n');
    expect(await run('addresource', id, more)).toContain('Resources with IDs: 2,3 successfully added');
    await expect.poll(state, { timeout: 20_000 }).toContain('VM ID: 3 is in state: configured.');
    await run('removeresource', id, '1,2');
    expect(await state()).not.toContain('VM ID: 1 ');
    expect(platform.dummies.get('lab')?.vms.size).toBe(2);
  });

  it('alter', async () => {
    const bigger = await client.file('bigger.radl', 'system worker (cpu.count = 2 and memory.size = 1G)');
    expect(await run('alter', id, '3', bigger)).toContain('VM successfully modified.');
    expect((await run('-q', 'getvminfo', id, '3', 'cpu.count')).trim()).toBe('2');
  });

  it('stopvm, startvm and rebootvm', async () => {
    expect(await run('stopvm', id, '3')).toContain('VM successfully stopped');
    expect(await state()).toContain('VM ID: 3 is in state: stopped.');
    expect(await run('startvm', id, '3')).toContain('VM successfully started');
    expect(await run('rebootvm', id, '3')).toContain('VM successfully rebooted');
    expect(await state()).toContain('VM ID: 3 is in state: configured.');
  });

  it('stop and start', async () => {
    expect(await run('stop', id)).toContain('successfully stopped');
    expect(await state()).toContain('The infrastructure is in state: stopped');
    expect(await run('start', id)).toContain('successfully started');
    await expect.poll(state, { timeout: 20_000 }).toContain('The infrastructure is in state: configured');
  });

  it('reconfigure, whole, one VM, and with another recipe', async () => {
    expect(await run('reconfigure', id)).toContain('successfully reconfigured');
    const recipe = 'configure front (\n@begin\n---\n- tasks:\n    - debug: msg=again\n@end\n)\n';
    const file = await client.file('again.radl', recipe);
    expect(await run('reconfigure', id, file, '0')).toContain('successfully reconfigured');
    await expect.poll(state, { timeout: 20_000 }).toContain('The infrastructure is in state: configured');
    expect(await run('getradl', id)).toContain('msg=again');
  });

  it('ssh: shows how, with the key', async () => {
    expect(await run('-q', 'ssh', id, '1')).toMatch(/ssh -p 22 -i \S+ .*\w+@[\d.]+/);
    expect(await run('-q', 'sshvm', id, '0', '1')).toContain('ssh -p 22');
  });

  it('cloudimages and cloudusage', async () => {
    expect(JSON.parse(await run('-q', 'cloudimages', 'lab'))).toContainEqual({
      uri: expect.any(String),
      name: expect.any(String),
    });
    expect(JSON.parse(await run('-q', 'cloudusage', 'memory'))).toHaveProperty('cores.limit');
  });

  it('export, export and delete, import', async () => {
    const before = [...(platform.dummies.get('lab')?.vms.keys() ?? [])];
    const exported = await run('-q', 'export', id);
    expect(JSON.parse(exported)).toMatchObject({ id, name: 'my-cluster' });
    const file = await client.file('export.json', exported);
    expect(await client.run('import', file)).toMatchObject({
      exitCode: 1,
      output: expect.stringContaining('is known here already'),
    });
    const released = await client.file('released.json', await run('-q', 'export', id, '1'));
    expect(await run('list')).not.toContain(id);
    expect(await run('import', released)).toContain(`New Inf: ${id}`);
    expect(await run('list')).toContain(id);
    expect(await state()).toContain('The infrastructure is in state: configured');
    expect([...(platform.dummies.get('lab')?.vms.keys() ?? [])]).toEqual(before);
    expect(await run('-q', 'ssh', id, '1')).toContain('ssh -p 22');
    const more = await client.file('one-more.radl', 'network private\nsystem worker\ndeploy worker 1 lab\n');
    expect(await run('addresource', id, more)).toContain('Resources with IDs: 4 successfully added');
    await run('removeresource', id, '4');
  });

  it('refuses TOSCA with a reason', async () => {
    const tosca = await client.file('a.yaml', 'tosca_definitions_version: tosca_simple_yaml_1_0\n');
    const created = await client.run('create', tosca);
    expect(created).toMatchObject({ exitCode: 1, output: expect.stringContaining('TOSCA is not read') });
    expect((await client.run('getoutputs', id)).exitCode).toBe(1);
  });

  it('change_auth gives it to another account', async () => {
    await using ben = await ImClient.of(
      platform.url,
      [],
      'type = InfrastructureManager; username = ben; password = correct horse battery staple',
    );
    const auth = await client.file(
      'ben.dat',
      'type = InfrastructureManager; username = ben; password = correct horse battery staple',
    );
    const one = await client.file('one.radl', oneVmRadl);
    const output = await run('create', one, '0');
    const given = /created with ID: (inf-\w+)/.exec(output)?.[1] ?? '';
    expect(await run('change_auth', given, auth, '1')).toContain('successfully changed');
    expect((await client.run('getstate', given)).exitCode).toBe(1);
    expect((await ben.run('getstate', given)).output).toContain('configured');
    expect((await ben.run('destroy', given)).exitCode).toBe(0);
  });

  it('destroy', async () => {
    expect(await run('destroy', id)).toContain('successfully destroyed');
    expect(platform.dummies.get('lab')?.vms.size).toBe(0);
    expect((await client.run('getstate', id)).output).toContain('There is no infrastructure');
  });
});
