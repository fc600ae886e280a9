import { systemClock } from '@trencadis/clock';
import { PlatformError } from '@trencadis/errors';
import { brandId, sha256OfText } from '@trencadis/ids';
import type { Vm, VmmDriver } from '@trencadis/vmm';
import { describe, expect, it } from 'vitest';
import { exampleInfrastructure } from '../testing/examples.ts';
import { fixedVmms } from '../testing/fixed-vmms.ts';
import { awaitShell } from './await-shell.ts';

const { id } = exampleInfrastructure('front');
const args = { infrastructureId: id, vmm: 'memory', name: brandId('VmName', 'front-1') };

const vm: Vm = {
  name: args.name,
  tag: brandId('Tag', id),
  status: 'running',
  image: { location: '/image', digest: sha256OfText('image') },
  cpuCount: 1,
  memoryMiB: 512,
  addresses: [],
  disks: [],
  ssh: { host: '10.0.0.2', port: 22, user: 'root' },
  hostKeys: [],
};

interface Site {
  /** What connecting answers, one after the other; the last again and again. */
  readonly answers: readonly (PlatformError | 'shell')[];
  readonly readConsole?: () => Promise<string>;
  readonly described?: Vm;
}

function makeWorld({ answers, readConsole = async () => '', described = vm }: Site) {
  let tried = 0;
  const driver = {
    capabilities: { shell: true },
    describeVm: async () => described,
    listVms: async () => [described],
    readConsole,
  } as unknown as VmmDriver;
  const connect = async () => {
    const answer = answers[Math.min(tried, answers.length - 1)];
    tried += 1;
    if (answer instanceof PlatformError) throw answer;
    return { close: async () => undefined };
  };
  const world = {
    vmms: fixedVmms(new Map([['memory', driver]])),
    shells: { connect },
    vault: { sshKeyPair: async () => ({ privateKey: '', publicKey: '' }) },
    clock: systemClock,
    bootDeadlineMs: 300,
    signal: AbortSignal.timeout(10_000),
    progress: () => undefined,
  } as unknown as Parameters<typeof awaitShell.run>[0];
  return { world, tried: () => tried };
}

const silent = new PlatformError('unavailable', 'No SSH connection to 10.0.0.2 port 22 (refused).');
const noKey = new PlatformError('unauthenticated', '10.0.0.2 port 22 refuses the key.');

describe('await-shell', () => {
  it('waits for a VM that does not know the key yet', async () => {
    const { world, tried } = makeWorld({ answers: [noKey, 'shell'] });
    await awaitShell.run(world, args);
    expect(tried()).toBe(2);
  });

  it('says which VM it waited for, how long, what was the last answer, and how its console ends', async () => {
    const lines = Array.from({ length: 40 }, (_, index) => `line ${index}`);
    const readConsole = async () => `${lines.join('\r\n')}\r\nKernel panic - not syncing\r\n\r\n`;
    const { world } = makeWorld({ answers: [silent], readConsole });
    const error = await awaitShell.run(world, args).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'unavailable', subject: args.name });
    expect((error as Error).message).toMatch(
      /^VM front-1 was not ready within 0\.3 s\. No SSH connection to 10.0.0.2.* Its console ends:\nline 29\n/,
    );
    expect((error as Error).message).toMatch(/line 39\nKernel panic - not syncing$/);
  });

  it('is not tried again by the plan once its own deadline is over', () => {
    expect(awaitShell.retryForMs).toBe(0);
  });

  it.each([
    ['says nothing', async () => '', /Its console says nothing\.$/],
    [
      'cannot be read',
      async () => {
        throw new PlatformError('unavailable', 'The VM manager is down.');
      },
      /Its console cannot be read: The VM manager is down\.$/,
    ],
  ])('tells of a console that %s', async (_, readConsole, expected) => {
    const { world } = makeWorld({ answers: [silent], readConsole });
    await expect(awaitShell.run(world, args)).rejects.toThrow(expected);
  });

  it('names a VM that has no address to reach it at', async () => {
    const { ssh: _, ...described } = vm;
    const { world } = makeWorld({ answers: ['shell'], described });
    await expect(awaitShell.run(world, args)).rejects.toThrow(/front-1 is on private networks only/);
  });

  it('does not wait where the machine shows another host key', async () => {
    const wrong = new PlatformError('forbidden', 'not the machine it should be');
    const { world, tried } = makeWorld({ answers: [wrong] });
    await expect(awaitShell.run(world, args)).rejects.toBe(wrong);
    expect(tried()).toBe(1);
  });
});
