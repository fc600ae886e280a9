import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { systemClock } from '@trencadis/clock';
import { createClient, createHttpServer, listen } from '@trencadis/http';
import { brandId, sha256OfText } from '@trencadis/ids';
import { createLog } from '@trencadis/log';
import { describeVmmDriver } from '@trencadis/vmm/conformance';
import type { VmSpec } from '@trencadis/vmm';
import { execa } from 'execa';
import { afterEach, describe, expect, it } from 'vitest';
import type { MemoryVmmOptions } from '../memory-vmm.ts';
import { MemoryVmmWorld } from '../memory-vmm-world.ts';
import { createSimulatedVmm, createSimulator, simulatorApi } from './index.ts';

const image = { location: 'memory:image', digest: sha256OfText('image') };
const tag = brandId('Tag', 'inf-test');
const name = brandId('VmName', 'a');
const signal = new AbortController().signal;
const token = 'token-of-the-simulator';
const closing: AbortController[] = [];

async function serve(options: Partial<MemoryVmmOptions> = {}) {
  const stop = new AbortController();
  closing.push(stop);
  const log = createLog({ name: 'simulator', level: 'silent' });
  const server = await createSimulator({ clock: systemClock, token, log, signal: stop.signal, ...options });
  return listen(server, { host: '127.0.0.1', port: 0 });
}

const closeAll = () => {
  for (const stop of closing.splice(0)) stop.abort();
};
const vmSpec: VmSpec = {
  name,
  tag,
  hostName: 'a',
  image,
  cpuCount: 2,
  memoryMiB: 512,
  interfaces: [],
  disks: [],
  login: { user: 'admin', authorizedKey: 'ssh-ed25519 AAAA' },
};

describeVmmDriver('the driver of a simulator', async () => {
  const world = new MemoryVmmWorld({ images: [image] });
  const driver = createSimulatedVmm({ url: await serve({ world, providerNetworks: ['campus'] }), token });
  return {
    driver,
    image,
    leftovers: async () => world.leftovers(),
    providerNetwork: 'campus',
    failNext: (operation, code) => world.failNext(operation, code),
    dispose: async () => {
      await driver[Symbol.asyncDispose]();
      closeAll();
    },
  };
});

describe('the driver of a simulator', () => {
  afterEach(closeAll);

  it('says that it is not known there under a wrong token', async () => {
    await using driver = createSimulatedVmm({ url: await serve(), token: 'another' });
    await expect(driver.createVm(vmSpec, signal)).rejects.toMatchObject({ code: 'unauthenticated' });
    await expect(driver.describeVm(name, signal)).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  it('says that nobody answers, and works again when somebody does', async () => {
    const world = new MemoryVmmWorld();
    const url = await serve({ world });
    await using driver = createSimulatedVmm({ url, token });
    await driver.createVm(vmSpec, signal);
    closeAll();
    const { host, hostname, port } = new URL(url);
    const unreachable = { code: 'unavailable', message: expect.stringContaining(host) };
    await expect(driver.describeVm(name, signal)).rejects.toMatchObject(unreachable);
    const stop = new AbortController();
    closing.push(stop);
    const log = createLog({ name: 'simulator', level: 'silent' });
    const again = await createSimulator({ clock: systemClock, token, log, world, signal: stop.signal });
    await listen(again, { host: hostname, port: Number(port) });
    expect(await driver.describeVm(name, signal)).toMatchObject({ status: 'running' });
  });

  it('never takes another server for a simulator that has no VMs', async () => {
    const stop = new AbortController();
    closing.push(stop);
    const log = createLog({ name: 'other', level: 'silent' });
    const other = await createHttpServer({ log, title: 'Other', version: '1', signal: stop.signal });
    const url = await listen(other, { host: '127.0.0.1', port: 0 });
    await using driver = createSimulatedVmm({ url, token });
    await expect(driver.describeVm(name, signal)).rejects.toMatchObject({ code: 'not-found' });
  });

  it('says that there is no room', async () => {
    await using driver = createSimulatedVmm({ url: await serve({ quota: { vms: 0 } }), token });
    await expect(driver.createVm(vmSpec, signal)).rejects.toMatchObject({ code: 'quota-exceeded' });
    expect(await driver.quota(signal)).toEqual({ vms: { used: 0, limit: 0 } });
  });

  it('refuses what is no spec', async () => {
    await using driver = createSimulatedVmm({ url: await serve(), token });
    const wrong = { ...vmSpec, cpuCount: -1 };
    await expect(driver.createVm(wrong, signal)).rejects.toMatchObject({ code: 'invalid-argument' });
  });

  it('keeps its connections', async () => {
    const url = await serve();
    await using driver = createSimulatedVmm({ url, token });
    for (let i = 0; i < 25; i++) await driver.listVms(tag, signal);
    // The next call may come just before the last one's connection is free again.
    expect(await connectionCount(url)).toBeLessThanOrEqual(2);
  });
});

async function connectionCount(url: string): Promise<number> {
  const filter = ['state', 'established', 'dport', '=', `:${new URL(url).port}`];
  const { stdout } = await execa('ss', ['-tnHo', ...filter]);
  return stdout.split('\n').filter(Boolean).length;
}

describe('an administrator of a simulator', () => {
  afterEach(closeAll);

  it("changes VMs behind the platform's back", async () => {
    const url = await serve();
    await using driver = createSimulatedVmm({ url, token });
    await using admin = createClient(simulatorApi, { baseUrl: url, token });
    await driver.createVm(vmSpec, signal);
    expect(await admin.listLeftovers({})).toEqual({ leftovers: ['vm:a'] });
    const params = { name };
    await admin.resizeVmByHand({ params, body: { cpuCount: 8 } });
    expect(await driver.describeVm(name, signal)).toMatchObject({ cpuCount: 8, memoryMiB: 512 });
    await admin.stopVmByHand({ params });
    expect(await driver.describeVm(name, signal)).toMatchObject({ status: 'stopped' });
    await admin.failVmByHand({ params, body: { failure: 'its host is on fire' } });
    expect(await driver.describeVm(name, signal)).toMatchObject({ failure: 'its host is on fire' });
    expect(await driver.readConsole(name, signal)).toMatch(/its host is on fire\n$/);
    await admin.removeVmByHand({ params });
    expect(await admin.listLeftovers({})).toEqual({ leftovers: [] });
    await expect(admin.stopVmByHand({ params })).rejects.toMatchObject({ code: 'not-found' });
  });

  const guarded = Object.entries(simulatorApi).filter(([, { access }]) => access !== 'public');
  it.each(guarded)('is asked for the token at %s', async (_, { method, path }) => {
    const url = new URL(path.replaceAll(/\{\w+\}/g, 'a'), await serve());
    for (const headers of [{}, { authorization: 'Bearer another' }]) {
      const { status } = await fetch(url, { method, headers });
      expect(status).toBe(401);
    }
  });
});

describe('the process of a simulator', () => {
  const program = fileURLToPath(import.meta.resolve('../../../apps/vmm-simulator/main.ts'));
  const start = (flags: readonly string[], env: Readonly<Record<string, string>>) =>
    execa(process.execPath, [program, ...flags], { env, reject: false, timeout: 30_000 });

  it('outlives its clients, and ends when it is told', async () => {
    const child = start(['--port', '0', '--quota-vms', '1'], { SIMULATOR_TOKEN: token });
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    const url = /http:\/\/127[^"]*/.exec(line.toString())?.[0] ?? '';
    const options = { url, token };
    {
      await using first = createSimulatedVmm(options);
      await first.createVm(vmSpec, signal);
    }
    await using second = createSimulatedVmm(options);
    expect((await second.listVms(tag, signal)).map((vm) => vm.name)).toEqual(['a']);
    expect(await (await fetch(new URL('/healthz', url))).json()).toEqual({ status: 'ok' });
    const further = second.createVm({ ...vmSpec, name: brandId('VmName', 'b') }, signal);
    await expect(further).rejects.toMatchObject({ code: 'quota-exceeded' });
    child.kill('SIGTERM');
    expect((await child).exitCode).toBe(0);
  });

  it.each([
    ['without a token', [], {}, /SIMULATOR_TOKEN/],
    ['with a failure rate that is none', ['--failure-rate', '2'], { SIMULATOR_TOKEN: token }, /FAILURE_RATE/],
    ['with a flag that it does not know', ['--token', 'x'], { SIMULATOR_TOKEN: token }, /--token/],
  ] as const)('does not start %s', async (_, flags, env, message) => {
    const { exitCode, stderr } = await start(flags, env);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(message);
  });
});
