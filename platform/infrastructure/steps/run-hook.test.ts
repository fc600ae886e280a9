import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Clock, systemClock } from '@trencadis/clock';
import { type RunResult } from '@trencadis/contextualization';
import { brandId, sha256OfText } from '@trencadis/ids';
import { parseSealingKey } from '@trencadis/sealing';
import { createMemoryVmm } from '@trencadis/vmm-memory';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunHookArgs } from '../services/service-step-arguments.ts';
import { fixedVmms } from '../testing/fixed-vmms.ts';
import { createMemoryInfrastructureStore } from '../testing/memory-store.ts';
import { createVault } from '../vault.ts';
import { runHook } from './run-hook.ts';

const infrastructureId = brandId('InfrastructureId', 'inf-hooked01');
const name = brandId('VmName', 'inf-hooked01-web-1');
const signal = new AbortController().signal;

/** Time passes while somebody sleeps; `during` is called then. */
async function begin(
  changes: Partial<RunHookArgs>,
  during: (nowMs: number) => Promise<void> = async () => undefined,
) {
  let nowMs = 0;
  const clock: Clock = {
    now: () => new Date(nowMs),
    sleep: async (ms) => {
      nowMs += ms;
      await during(nowMs);
    },
  };
  const store = createMemoryInfrastructureStore();
  const vmm = createMemoryVmm({ clock: systemClock });
  const spec = {
    name,
    tag: brandId('Tag', infrastructureId),
    hostName: name,
    image: { location: 'x', digest: sha256OfText('x') },
    cpuCount: 1,
    memoryMiB: 256,
    interfaces: [],
    disks: [],
    login: { user: 'root', authorizedKey: 'ssh-ed25519 AAAA' },
  };
  const network = brandId('NetworkName', 'net');
  await vmm.networks.createNetwork({ name: network, tag: spec.tag, kind: 'public' }, signal);
  await vmm.createVm({ ...spec, interfaces: [{ network }] }, signal);
  const ran: string[] = [];
  let result: RunResult = { exitCode: 0, stdout: '', stderr: '' };
  const progress: string[] = [];
  const world = {
    store,
    clock,
    signal,
    vmms: fixedVmms(new Map([['memory', vmm]])),
    vault: createVault({
      store,
      sealingKey: parseSealingKey(Buffer.alloc(32, 1).toString('base64url')),
      clock,
    }),
    shells: {
      connect: async (endpoint: object) => ({
        endpoint,
        run: async (argv: readonly string[]) => {
          ran.push(argv.join(' '));
          return result;
        },
        close: async () => undefined,
      }),
    },
    progress: (line: string) => void progress.push(line),
  } as unknown as Parameters<typeof runHook.run>[0];
  const args: RunHookArgs = {
    infrastructureId,
    vmm: 'memory',
    name,
    serviceId: 'web',
    when: 'launch',
    awaitsSignal: false,
    timeoutMs: 10_000,
    otherwise: 'abandon',
    ...changes,
  };
  const run = () => runHook.run(world, args);
  const undo = async () => {
    if (typeof runHook.undo === 'function') await runHook.undo(world, args);
  };
  return {
    run,
    undo,
    ran,
    progress,
    store,
    failWith: (exitCode: number) => (result = { ...result, exitCode }),
  };
}

describe('a hook', () => {
  it('runs its command by a shell on the replica', async () => {
    const { run, ran } = await begin({ command: 'echo "a  b"' });
    await run();
    expect(ran).toEqual(['sh -c echo "a  b"']);
  });

  it('abandons the launch when its command fails, or lets all go on where the document says so', async () => {
    const strict = await begin({ command: 'false' });
    strict.failWith(3);
    await expect(strict.run()).rejects.toThrow('ended with exit code 3');
    const lax = await begin({ command: 'false', otherwise: 'continue' });
    lax.failWith(3);
    await lax.run();
    expect(lax.progress.join()).toContain('all goes on');
  });

  it('waits until it is told to go on', async () => {
    const hooked = await begin({ awaitsSignal: true }, async (nowMs) => {
      if (nowMs === 5000) await tell('continue');
    });
    const tell = (verdict: 'continue' | 'abandon') =>
      hooked.store.signalHook(infrastructureId, name, { verdict, at: new Date(0) }).then(() => undefined);
    await hooked.run();
    expect(hooked.progress.join()).toContain(`trencadis service signal web ${name}`);
  });

  it('does not go on when it is told so, or hears nothing for too long', async () => {
    const told = await begin({ awaitsSignal: true }, async () => {
      await told.store.signalHook(infrastructureId, name, { verdict: 'abandon', at: new Date(0) });
    });
    await expect(told.run()).rejects.toThrow('was told to abandon it');
    const silent = await begin({ awaitsSignal: true });
    await expect(silent.run()).rejects.toThrow('heard nothing for 10 s');
  });

  it('has its time begin anew with each sign of life', async () => {
    const hooked = await begin({ awaitsSignal: true }, async (nowMs) => {
      const at = new Date(nowMs);
      const verdict = nowMs < 30_000 ? 'heartbeat' : 'continue';
      if (nowMs % 9000 === 0) await hooked.store.signalHook(infrastructureId, name, { verdict, at });
    });
    await hooked.run();
    expect(await hooked.store.findHook(infrastructureId, name)).toMatchObject({ verdict: 'continue' });
  });

  it('goes on by what it was told when the process that waited has died', async () => {
    const hooked = await begin({ awaitsSignal: true });
    await hooked.store.awaitHook(infrastructureId, name, new Date(0));
    await hooked.store.signalHook(infrastructureId, name, { verdict: 'continue', at: new Date(0) });
    await hooked.run();
    await hooked.run();
    await hooked.undo();
    expect(await hooked.store.findHook(infrastructureId, name)).toBeUndefined();
  });
});

describe('a callback', () => {
  let server: Server;
  let url: string;
  const bodies: unknown[] = [];
  let status = 204;
  beforeAll(async () => {
    server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        bodies.push(JSON.parse(Buffer.concat(chunks).toString()));
        response.writeHead(status).end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook?key=hidden`;
  });
  afterAll(() => new Promise<void>((resolve) => void server.close(() => resolve())));

  it('tells what happens to whom', async () => {
    const { run } = await begin({ url });
    await run();
    expect(bodies).toEqual([{ infrastructureId, serviceId: 'web', vm: name, when: 'launch' }]);
  });

  it('that is refused fails the hook, and what its address holds is not told', async () => {
    status = 503;
    const { run } = await begin({ url });
    const failure = await run().then(
      () => '',
      (error: Error) => error.message,
    );
    expect(failure).toContain('answered 503');
    expect(failure).not.toContain('hidden');
  });
});
