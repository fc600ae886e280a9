import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clusterRadl } from './testing/documents.ts';
import { type ImCall, callIm } from './testing/im-call.ts';
import { type ImPlatform, startImPlatform } from './testing/im-platform.ts';

let platform: ImPlatform;
let inf: string;
beforeAll(async () => {
  platform = await startImPlatform();
  const { text } = await callIm(platform.url, '/infrastructures', { method: 'POST', body: clusterRadl() });
  inf = text.slice(platform.url.length);
});
afterAll(() => platform[Symbol.asyncDispose]());

const call = (path: string, options: ImCall = {}) => callIm(platform.url, `${inf}${path}`, options);
const put = (path: string, body?: string) =>
  call(path, { method: 'PUT', ...(body === undefined ? {} : { body }) });
const json = 'application/json';
const stateOf = async (vm: string) => (await call(`/vms/${vm}/state`)).text;

describe('a VM', () => {
  it('is RADL with what was found, and its key', async () => {
    const { text, type, status } = await call('/vms/0');
    expect({ status, type }).toEqual({ status: 200, type: 'text/plain; charset=utf-8' });
    for (const part of [
      "state = '",
      "net_interface.0.connection = 'public'",
      "net_interface.1.ip = '",
      'cpu.count = 1',
      'memory.size = ',
      "provider.type = 'memory'",
      "instance_id = 'inf-",
      "disk.0.os.credentials.username = '",
      'PRIVATE KEY',
    ])
      expect(text).toContain(part);
  });

  it('is JSON RADL', async () => {
    const { text } = await call('/vms/1', { accept: json });
    const { radl } = JSON.parse(text) as { radl: Record<string, unknown>[] };
    expect(radl.find((each) => each['class'] === 'system')).toMatchObject({
      id: 'worker',
      'cpu.count': 1,
      'disk.1.size': 2 ** 31,
      'net_interface.0.dns_name': 'worker-0',
    });
    expect(radl.filter((each) => each['class'] === 'network')).toHaveLength(1);
  });

  it('has features by name, in text and JSON', async () => {
    expect((await call('/vms/1/disk.1.mount_path')).text).toBe('/data');
    expect(JSON.parse((await call('/vms/1/cpu.count', { accept: json })).text)).toEqual({ 'cpu.count': 1 });
    expect((await call('/vms/0/command')).text).toBe('true');
    await expect.poll(async () => (await call('/vms/0/contmsg')).text).toContain('ok: [');
    expect((await call('/vms/0/no.such')).status).toBe(404);
  });

  it.each(['/vms/9', '/vms/x', '/vms/9/state', '/vms/-1'])('that is not there, %s, is 404', async (path) => {
    expect((await call(path)).status).toBe(404);
  });

  it('is altered, and answered as it is then', async () => {
    const answer = await put('/vms/1', 'system worker (cpu.count = 2 and memory.size = 1073741824B)');
    expect(answer).toMatchObject({ status: 200 });
    expect(answer.text).toContain('cpu.count = 2');
    expect((await put('/vms/1', '')).status).toBe(400);
    expect((await put('/vms/1', 'nonsense (')).status).toBe(400);
  });

  it('is stopped, started and rebooted', async () => {
    expect(await put('/vms/1/stop')).toMatchObject({ status: 200, text: '' });
    expect(await stateOf('1')).toBe('stopped');
    expect((await put('/vms/1/start')).status).toBe(200);
    expect((await put('/vms/1/reboot')).status).toBe(200);
    expect(await stateOf('1')).toBe('configured');
  });

  it('is made an image of', async () => {
    const answer = await put('/vms/1/disks/0/snapshot?image_name=my-image');
    expect(answer).toMatchObject({ status: 200 });
    expect(answer.text).not.toBe('');
    expect((await put('/vms/1/disks/0/snapshot')).status).toBe(422);
    expect((await put('/vms/1/disks/x/snapshot?image_name=b')).status).toBe(422);
    expect((await put('/vms/1/disks/1/snapshot?image_name=bb')).status).toBe(400);
    expect((await put('/vms/1/disks/0/snapshot?image_name=bb&auto_delete=yes')).status).toBe(400);
  });

  it('comes and goes, and its id is not given again', async () => {
    const radl = 'network private\nsystem worker\ndeploy worker 2\n';
    const added = await call('?context=0', { method: 'POST', body: radl });
    expect(added.text.split('\n').map((uri) => uri.slice(uri.lastIndexOf('/') + 1))).toEqual(['2', '3']);
    expect((await call('/vms/2,9', { method: 'DELETE' })).status).toBe(404);
    expect(await call('/vms/2,3', { method: 'DELETE' })).toMatchObject({ status: 200, text: '' });
    expect((await call('/vms/2')).status).toBe(404);
    expect((await call('', { method: 'POST', body: radl.replace('2', '1') })).text).toMatch(/\/vms\/4$/);
  });
});
