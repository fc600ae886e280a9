import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Trencadis } from './trencadis.ts';

let trencadis: Trencadis;

beforeAll(async () => {
  trencadis = await Trencadis.create();
});
afterAll(() => trencadis[Symbol.asyncDispose]());

interface Status {
  readonly phase: string;
  readonly lastPlan?: { readonly steps: readonly { readonly id: string; readonly state: string }[] };
  readonly vms: readonly {
    readonly name: string;
    readonly status: string;
    readonly endpoints: readonly string[];
  }[];
}

async function status(): Promise<Status> {
  return JSON.parse(await trencadis.run('status', 'key-server', '--json')) as Status;
}

describe('the demo on the embedded default', () => {
  it('deploys Fig. 3 and exchanges a key share through the deployed Key Server', async () => {
    const output = await trencadis.run('demo', '--yes');
    expect(output).toContain('GT4_JAVA_ANT boots "Base Toolkits"');
    expect(output).toContain('BACKEND_POSTGRESQL boots "PostgreSQL"');
    expect(output).toMatch(/The share of object [0-9A-F-]{36} came back/);
    const { phase, vms } = await status();
    expect(phase).toBe('deployed');
    expect(vms.map((vm) => vm.status)).toEqual(['running', 'running']);
  });

  it('finds nothing to do the second time, and the service still answers', async () => {
    const output = await trencadis.run('demo', '--yes');
    expect(output).toContain('Nothing to do');
    expect(output).toMatch(/came back as it was stored/);
  });

  it('opens a shell on a VM, where no password of the database is in a process list or a log', async () => {
    expect(
      await trencadis.run('ssh', 'key-server', 'postgresql', '--', 'systemctl', 'is-active', 'postgresql'),
    ).toContain('active');
    const context = await trencadis.run(
      'ssh',
      'key-server',
      'gt4',
      '--',
      'cat',
      '/etc/trencadis/context.json',
    );
    const { databases } = JSON.parse(context) as { databases: { SQL_Keys: { password: string } } };
    const { password } = databases.SQL_Keys;
    expect(password.length).toBeGreaterThan(20);
    expect(await trencadis.run('logs', 'key-server')).not.toContain(password);
    expect(await trencadis.serverLog()).not.toContain(password);
  });

  it('notices a VM that was stopped behind its back and starts it again', async () => {
    await trencadis.start('ssh', 'key-server', 'gt4', '--', 'systemctl', 'poweroff');
    await expect
      .poll(async () => (await status()).phase, { timeout: 30_000, interval: 500 })
      .toBe('degraded');
    expect(await trencadis.run('demo', '--yes')).toContain('start VM');
    expect((await status()).phase).toBe('deployed');
  });

  it('removes everything, and removing it twice is fine', async () => {
    await trencadis.run('destroy', 'key-server', '--yes');
    expect(await trencadis.leftovers()).toEqual([]);
    expect(await trencadis.run('destroy', 'key-server', '--yes')).toContain('Nothing to destroy');
  });
});

/** Waits until a step whose id begins so has begun, and is not over. */
async function stepRuns(kind: string): Promise<void> {
  const begun = async () => {
    const { stdout } = await trencadis.start('status', 'key-server', '--json');
    const steps = stdout === '' ? [] : ((JSON.parse(stdout) as Partial<Status>).lastPlan?.steps ?? []);
    return steps.filter(({ id, state }) => id.startsWith(kind) && state === 'running').length;
  };
  await expect.poll(begun, { timeout: 120_000, interval: 50 }).toBeGreaterThan(0);
}

describe('a server killed in the middle of the demo', () => {
  it('goes on where it was when it is started again, with nothing left behind and nothing made twice', async () => {
    const deploying = trencadis.start('demo', '--yes');
    await stepRuns('configure-vm:');
    process.kill((await trencadis.serverPid()) ?? Number.NaN, 'SIGKILL');
    expect((await deploying).exitCode).toBe(8);
    await expect
      .poll(async () => (await status()).phase, { timeout: 120_000, interval: 500 })
      .toBe('deployed');
    expect((await trencadis.leftovers()).filter((each) => each.startsWith('machines/'))).toHaveLength(2);
    expect(await trencadis.run('demo', '--yes')).toContain('Nothing to do');
  });

  it('destroys what is still being deployed', async () => {
    await trencadis.run('destroy', 'key-server', '--yes');
    const deploying = trencadis.start('demo', '--yes');
    await stepRuns('configure-vm:');
    await trencadis.run('destroy', 'key-server', '--yes');
    expect((await deploying).exitCode).toBe(1);
    expect(await trencadis.leftovers()).toEqual([]);
  });
});
