import { createCloudInitConfigurator } from '@trencadis/configurator-cloud-init';
import { type ConfigurationJob, joinUserData } from '@trencadis/contextualization';
import { testImage } from '@trencadis/vmm-local/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { type Machine, startMachine } from './testing/start-machine.ts';

const configurator = createCloudInitConfigurator();
const never = new AbortController().signal;
const limitMs = 120_000;

let machine: Machine;
afterEach(async () => {
  await machine.stop();
});

/** A machine whose user data is those recipes, and what configures it. */
async function boot(recipes: readonly string[]): Promise<ConfigurationJob> {
  const text = joinUserData(recipes);
  machine = await startMachine('cfg-seeded', await testImage(['cloud-init']), 'root', text);
  const recipe = { kind: 'text', text } as const;
  return { vmName: machine.name, recipe, components: [], context: machine.context };
}

async function configure(job: ConfigurationJob, timeoutMs = limitMs): Promise<readonly string[]> {
  const lines: string[] = [];
  const shell = await machine.connect();
  try {
    const onLine = (line: string): void => void lines.push(line);
    await configurator.configure(shell, job, { signal: never, timeoutMs, onLine });
  } finally {
    await shell.close();
  }
  return lines;
}

describe('cloud-init', () => {
  it('carries out several recipes, which the configurator waits for, telling what they say', async () => {
    const job = await boot([
      'runcmd: [[sh, -c, "sleep 3; echo second >>/opt/order; echo said by the first"]]',
      '#cloud-config\nruncmd: [[sh, -c, "echo third >>/opt/order"]]\n',
      '#!/bin/sh\necho primero ñ >>/opt/order\necho said by the script\n',
    ]);
    const lines = await configure(job);
    // Scripts before what `runcmd` lists, as cloud-init has it.
    const order = 'primero ñ\nsecond\nthird\n';
    expect(await machine.script('cat /opt/order')).toBe(order);
    expect(lines).toContain('said by the first');
    expect(lines).toContain('said by the script');
    expect(lines.at(-1)).toMatch(/^Cloud-init v.* finished/);
    await configure(job);
    expect(await machine.script('cat /opt/order')).toBe(order);
  });

  it('that fails is told by module and message, for good', async () => {
    const job = await boot(['runcmd: [[sh, -c, "echo no space for it >&2; exit 3"]]']);
    const failure = {
      code: 'invalid-argument',
      message: expect.stringMatching(/VM cfg-seeded: module scripts-user failed.*no space for it/s) as string,
    };
    await expect(configure(job)).rejects.toMatchObject(failure);
    // As after a boot at which there was nothing left to do.
    await machine.script('rm /run/cloud-init/*.json; cloud-init status >/dev/null || true');
    await expect(configure(job)).rejects.toMatchObject(failure);
  });

  it('that hangs is ended with all that it started when its time is over', async () => {
    const job = await boot(['runcmd: [[sh, -c, "setsid sleep 86400 & echo waiting; sleep 86399"]]']);
    const sleepers = "pgrep -fc '[s]leep 8639|[s]leep 8640' || true";
    const hanging = configure(job, 25_000);
    await expect.poll(() => machine.script(sleepers), { timeout: 20_000 }).toBe('3\n');
    await expect(hanging).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringMatching(/VM cfg-seeded: it did not end within 25 s and was stopped/) as string,
    });
    expect(await machine.script(sleepers)).toBe('0\n');
    await expect(configure(job)).rejects.toMatchObject({ code: 'invalid-argument' });
  });

  it('that is not in the image is named', async () => {
    machine = await startMachine('cfg-plain', await testImage(), 'root');
    const recipe = { kind: 'text', text: 'runcmd: [id]' } as const;
    const job = { vmName: machine.name, recipe, components: [], context: machine.context };
    await expect(configure(job)).rejects.toMatchObject({ code: 'unsupported' });
  });
});
