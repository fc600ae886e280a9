import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ConfigurationJob, Configurator, Recipe, RemoteShell } from '../model.ts';

/** One fresh machine and what to bring about on it. */
export interface ConfiguratorHarness {
  readonly configurator: Configurator;
  connect(): Promise<RemoteShell>;
  /** What the machine can be brought to. Has a component, and secrets in its context. */
  readonly job: ConfigurationJob;
  /** What fails only on the machine, and what the error must name. */
  readonly failing: { readonly job: ConfigurationJob; readonly names: readonly string[] };
  /** What the configurator can say no to at once, and what it must name. */
  readonly impossible: { readonly recipe: Recipe; readonly names: string };
  /** All that the job brings about, as text: it changes whenever the machine's configuration does. */
  snapshot(): Promise<string>;
  stop(): Promise<void>;
}

const timeoutMs = 180_000;
const never = new AbortController().signal;

/** What every configurator must do; see `Configurator` for the contract. The tests build on each other. */
export function describeConfigurator(name: string, makeHarness: () => Promise<ConfiguratorHarness>): void {
  describe(`configurator: ${name}`, () => {
    let harness: ConfiguratorHarness;
    let shell: RemoteShell;

    beforeAll(async () => {
      harness = await makeHarness();
      shell = await harness.connect();
    });
    afterAll(async () => {
      await shell.close();
      await harness.stop();
    });

    const configure = async (job: ConfigurationJob, signal = never): Promise<readonly string[]> => {
      const lines: string[] = [];
      const onLine = (line: string): void => {
        lines.push(line);
      };
      await harness.configurator.configure(shell, job, { signal, timeoutMs, onLine });
      return lines;
    };

    it('has nothing against a recipe that it can apply, and names what it cannot', () => {
      const { configurator, job, impossible } = harness;
      expect(configurator.inspect(job.recipe).problems).toEqual([]);
      expect(configurator.inspect(impossible.recipe).problems.join('\n')).toContain(impossible.names);
    });

    it('does not touch the machine for a recipe that it cannot apply', async () => {
      const before = await harness.snapshot();
      const job = { ...harness.job, recipe: harness.impossible.recipe };
      await expect(configure(job)).rejects.toMatchObject({ code: 'invalid-argument' });
      expect(await harness.snapshot()).toBe(before);
    });

    it('refuses a component whose content is not what its digest says, by name', async () => {
      const [component, ...others] = harness.job.components;
      const bytes = Buffer.concat([await component!.content(), Buffer.from('\n')]);
      const content = async () => bytes;
      const job = { ...harness.job, components: [{ ...component!, content }, ...others] };
      await expect(configure(job)).rejects.toThrow(component!.fileName);
    });

    it('stops when the caller aborts, with its reason', async () => {
      const reason = new Error('stop');
      await expect(configure(harness.job, AbortSignal.abort(reason))).rejects.toBe(reason);
      const signal = AbortSignal.timeout(1000);
      const stopped = await configure(harness.job, signal).catch((error: unknown) => error);
      expect(stopped).toBe(signal.reason);
    });

    it('brings the machine about, telling what it does and no secret', async () => {
      const before = await harness.snapshot();
      const lines = await configure(harness.job);
      expect(await harness.snapshot()).not.toBe(before);
      expect(lines).not.toEqual([]);
      for (const secret of secretsOf(harness.job)) expect(lines.join('\n')).not.toContain(secret);
    });

    it('changes nothing the second time', async () => {
      const before = await harness.snapshot();
      await configure(harness.job);
      expect(await harness.snapshot()).toBe(before);
    });

    it('names what failed on the machine and why, without secrets', async () => {
      const { job, names } = harness.failing;
      const error = await configure(job).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: 'invalid-argument' });
      const { message } = error as Error;
      for (const part of [job.vmName, ...names]) expect(message).toContain(part);
      for (const secret of secretsOf(job)) expect(message).not.toContain(secret);
    });

    it('repairs the machine after a failure', async () => {
      await configure(harness.job);
      const good = await harness.snapshot();
      await configure(harness.job);
      expect(await harness.snapshot()).toBe(good);
    });

    it('is unavailable when the link is', async () => {
      const closed = await harness.connect();
      await closed.close();
      const options = { signal: never, timeoutMs, onLine: () => undefined };
      await expect(harness.configurator.configure(closed, harness.job, options)).rejects.toMatchObject({
        code: 'unavailable',
      });
    });
  });
}

function secretsOf({ context }: ConfigurationJob): readonly string[] {
  const passwords = Object.values(context.databases).map(({ password }) => password);
  return [
    ...passwords,
    ...Object.values(context.secrets),
    ...context.certificate.privateKeyPem.split('\n').slice(1, 2),
  ];
}
