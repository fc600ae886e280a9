import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import type { RemoteShell } from '@trencadis/contextualization';
import { PlatformError } from '@trencadis/errors';

/** Runs programs on this machine, as what is asked through a shell is the same anywhere. */
export function createLocalShell(seen: (argv: readonly string[]) => void = () => undefined): RemoteShell {
  const never = async (): Promise<never> => {
    throw new PlatformError('unsupported', 'No files in this test.');
  };
  return {
    endpoint: { host: 'here', port: 22, user: 'root', privateKey: '', hostKeys: [] },
    run: async ([program, ...args], { signal, stdin }) => {
      seen([program, ...args]);
      const child = spawn(program, args, { signal, stdio: 'pipe' });
      const closed = new Promise<number>((resolve, reject) => {
        child.once('error', reject);
        child.once('close', (code) => resolve(code ?? 255));
      });
      child.stdin.end(stdin ?? '');
      const [exitCode, stdout, stderr] = await Promise.all([closed, text(child.stdout), text(child.stderr)]);
      return { exitCode, stdout, stderr };
    },
    putFile: never,
    getFile: never,
    close: async () => undefined,
  };
}
