import { execa } from 'execa';

/** A fixed environment: the platform's own (its secrets too) never reaches a machine, and messages are in English. */
export const commandEnvironment = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  LC_ALL: 'C.UTF-8',
} as const;

const defaultTimeoutMs = 30_000;

/** Runs a command of the distribution and answers its output; `errors.ts` reads its failures. */
export async function run(
  file: string,
  args: readonly string[],
  options: { readonly signal: AbortSignal; readonly input?: string; readonly timeoutMs?: number },
): Promise<string> {
  const { stdout } = await execa(file, args, {
    cancelSignal: options.signal,
    env: commandEnvironment,
    extendEnv: false,
    input: options.input ?? '',
    cwd: '/',
    timeout: options.timeoutMs ?? defaultTimeoutMs,
  });
  return stdout;
}

/** Words before a command of minutes: it ends with this process, however that ends, and writes on in nobody's name. */
export const endingWithUs = ['setpriv', '--pdeathsig', 'KILL', '--'] as const;

/** Several `ip` commands in one process, in order; stops at the first that fails. */
export async function runIp(
  commands: readonly string[],
  options: { readonly signal: AbortSignal; readonly namespace?: string },
): Promise<void> {
  const namespace = options.namespace === undefined ? [] : ['-n', options.namespace];
  await run('ip', [...namespace, '-batch', '-'], {
    signal: options.signal,
    input: `${commands.join('\n')}\n`,
  });
}
