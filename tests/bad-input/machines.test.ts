import { createPuppetConfigurator } from '@trencadis/configurator-puppet';
import type { RemoteShellDriver, RunResult } from '@trencadis/contextualization';
import { createSshShellDriver } from '@trencadis/remote-shell-ssh';
import { startSshd } from '@trencadis/remote-shell-ssh/testing';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { BadInputPlatform, keyServer, machines } from './bad-input-platform.ts';
import type { BadInputOptions } from './serve-platform.ts';
import { whenTrue } from '../deployment/site-checks.ts';

/** Instead of the five minutes that a real machine has. */
const bootDeadlineMs = 500;

/** What became of a deployment that fails: what the first step that failed said, to the log and in the status. */
async function failureOf(options: BadInputOptions, document: unknown = machines()) {
  await using platform = await BadInputPlatform.start(options);
  const { saga, failures, id } = await platform.deploy(document);
  const { phase, lastPlan } = (await platform.status(id)) as FailedStatus;
  const isShown = lastPlan.steps.some(({ error }) => error !== undefined && error === failures[0]?.text);
  return { saga, phase, isShown, leftovers: platform.leftovers(), failure: failures[0]?.text };
}

interface FailedStatus {
  readonly phase: string;
  readonly lastPlan: { readonly steps: readonly { readonly error?: string }[] };
}

const undone = { saga: 'undone', phase: 'failed', isShown: true, leftovers: [] };

describe('a VM', () => {
  it('that never boots is waited for so long, then removed, with the end of its console told', async () => {
    const failure = /VM inf-\w+-node-1 was not ready within 0\.5 s\..*status creating.*console ends:.*boots/s;
    expect(await failureOf({ bootDeadlineMs, bootMs: 1e12 })).toEqual({
      ...undone,
      failure: expect.stringMatching(failure),
    });
  });

  it('that fails while it is waited for is removed, and its own reason told', async () => {
    const options = { bootDeadlineMs, shells: sshTo(await deadPort()) };
    await using platform = await BadInputPlatform.start(options);
    const { site } = platform.simulation;
    const { planId } = await platform.planned(machines());
    await platform.apply(planId);
    await whenTrue(() => site.vms.size > 0);
    for (const name of site.vms.keys()) site.failVm(name, 'kernel panic: no root disk');
    const { saga, failures } = await platform.end(planId);
    expect([saga, failures[0]?.text]).toEqual(['undone', expect.stringMatching(/node-1.*kernel panic/s)]);
    expect(platform.leftovers()).toEqual([]);
  });
});

/** Where nothing listens any more. */
async function deadPort(): Promise<number> {
  const sshd = await startSshd();
  await sshd.stop();
  return sshd.port;
}

/** Real SSH to this host, wherever the VM should be. */
function sshTo(port: number): RemoteShellDriver {
  const ssh = createSshShellDriver();
  return { connect: (endpoint, signal) => ssh.connect({ ...endpoint, host: '127.0.0.1', port }, signal) };
}

describe('SSH', () => {
  it('that nobody answers is waited for so long, then the VM is removed', async () => {
    const failure =
      /VM inf-\w+-node-1 was not ready within 0\.5 s\. No SSH connection to 127\.0\.0\.1 port \d+/;
    expect(await failureOf({ bootDeadlineMs, shells: sshTo(await deadPort()) })).toEqual({
      ...undone,
      failure: expect.stringMatching(failure),
    });
  });

  it('that another machine answers is refused at once: its host key is not the pinned one', async () => {
    const sshd = await startSshd();
    try {
      const failure = /host key is none of those known .*somebody stands/;
      expect(await failureOf({ shells: sshTo(sshd.port) })).toEqual({
        ...undone,
        failure: expect.stringMatching(failure),
      });
    } finally {
      await sshd.stop();
    }
  });
});

/** What the commands of a machine's shell answer, by the first word that tells; all others succeed. */
function machineThat(answers: Readonly<Record<string, Partial<RunResult>>>): RemoteShellDriver {
  const done = { exitCode: 0, stdout: '', stderr: '' };
  return {
    connect: async (endpoint) => ({
      endpoint,
      run: async (argv) => ({ ...done, ...argv.map((word) => answers[word]).find(Boolean) }),
      putFile: async () => undefined,
      getFile: async () => Buffer.alloc(0),
      close: async () => undefined,
    }),
  };
}

const configurator = createPuppetConfigurator({
  modulesDirectory: fileURLToPath(new URL('../../service-descriptions/modules', import.meta.url)),
});
const asRoot = { id: { stdout: '0\n' } };
const failedIn = (message: string) => {
  const source = '/Stage[main]/Trencadis::Recipe/Trencadis::Add_user[trencadis]/User[trencadis]/ensure';
  return { stdout: JSON.stringify([{ level: 'err', source, message }]) };
};

describe('a recipe', () => {
  const failing = machineThat({ ...asRoot, puppet: { exitCode: 4 }, cat: failedIn('the name is taken') });

  it('that fails names machine, line and message; all is undone', async () => {
    const failure =
      /The recipe failed on VM inf-\S+: add_user \{'trencadis'\}: User\[trencadis\]: the name is taken/;
    expect(await failureOf({ configurator, shells: failing }, keyServer)).toEqual({
      ...undone,
      failure: expect.stringMatching(failure),
    });
  });

  it('that fails where it shall be kept shows which, and a machine that is mended is configured again', async () => {
    const answers: Record<string, Partial<RunResult>> = { ...asRoot, puppet: { exitCode: 127 } };
    await using platform = await BadInputPlatform.start({ configurator, shells: machineThat(answers) });
    const { saga, id, failures } = await platform.deploy(keyServer, { onFailure: 'keep' });
    expect([saga, failures[0]]).toEqual([
      'kept',
      expect.objectContaining({
        errorCode: 'unsupported',
        text: expect.stringMatching(/VM inf-\S+ has no Puppet: choose an image/),
      }),
    ]);
    const made = platform.leftovers();
    expect(await platform.status(id)).toMatchObject({
      conditions: expect.arrayContaining([
        expect.objectContaining({ type: 'Contextualized', status: 'false' }),
      ]),
    });
    answers['puppet'] = { exitCode: 2 };
    expect(await platform.deploy(keyServer)).toMatchObject({ saga: 'succeeded', id });
    expect(platform.leftovers()).toEqual(made);
    expect(await platform.destroy(id)).toEqual({ status: 202, saga: 'succeeded' });
    expect(platform.leftovers()).toEqual([]);
  });

  it('that does not end is stopped at its time limit, and all is undone', async () => {
    const shells = machineThat({ ...asRoot, puppet: { exitCode: 124 } });
    const failure = /Puppet on VM inf-\S+ did not end within 60 s and was stopped/;
    const radl = `${keyServer.radl}\ncontextualize 60 (\n  system GT4_JAVA_ANT configure GT4_JAVA_ANT\n  system BACKEND_POSTGRESQL configure BACKEND_POSTGRESQL\n)\n`;
    expect(await failureOf({ configurator, shells }, { ...keyServer, radl })).toEqual({
      ...undone,
      failure: expect.stringMatching(failure),
    });
  });
});

describe('a disk', () => {
  it('of a machine that is full is named by the command that found it; all is undone', async () => {
    const stderr = 'install: cannot create directory: No space left on device';
    const shells = machineThat({ ...asRoot, install: { exitCode: 1, stderr } });
    const failure = /On VM inf-\S+ 'install' failed .*No space left on device/;
    expect(await failureOf({ configurator, shells }, keyServer)).toEqual({
      ...undone,
      failure: expect.stringMatching(failure),
    });
  });

  it('for which the VM manager has no room is refused, and all is undone', async () => {
    const document = machines(1, " and\n  disk.1.size = 20GB and\n  disk.1.mount_path = '/data'");
    const failure = /no room: its quota of .*5.*Delete some or raise/;
    expect(await failureOf({ quota: { diskGiB: 5 } }, document)).toEqual({
      ...undone,
      failure: expect.stringMatching(failure),
    });
  });
});
