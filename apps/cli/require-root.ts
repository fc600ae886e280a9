import { PlatformError } from '@trencadis/errors';
import { execa } from 'execa';

/** What `requireRoot` finds out about this process. */
export interface Privileges {
  readonly userId: number;
  readonly hasSudo: boolean;
}

/** Whether to go on as we are or to run the same command again with sudo; without root and sudo, `forbidden`. */
export function decideElevation({ userId, hasSudo }: Privileges): 'go-on' | 'run-with-sudo' {
  if (userId === 0) return 'go-on';
  if (hasSudo) return 'run-with-sudo';
  const message =
    'Local machines and images need root, and there is no sudo here: run this as root, or install sudo.';
  throw new PlatformError('forbidden', message);
}

/** The local VM manager and image builds need root: as another user, this runs the command with sudo and ends with it. */
export async function requireRoot(): Promise<void> {
  const userId = process.geteuid?.() ?? 0;
  const { exitCode } = userId === 0 ? { exitCode: 1 } : await execa('sudo', ['--version'], { reject: false });
  if (decideElevation({ userId, hasSudo: exitCode === 0 }) === 'go-on') return;
  const command = [process.execPath, ...process.argv.slice(1)];
  const again = await execa('sudo', ['--', ...command], { stdio: 'inherit', reject: false });
  process.exit(again.exitCode ?? 1);
}
