import { PlatformError } from '@trencadis/errors';
import { execa } from 'execa';

/**
 * The local VM manager and image builds need root. As another user, runs the same command again with sudo and ends
 * with its exit status; without sudo says so before anything is made.
 */
export async function requireRoot(): Promise<void> {
  if (process.getuid?.() === 0) return;
  const { exitCode } = await execa('sudo', ['--version'], { reject: false });
  if (exitCode !== 0) {
    throw new PlatformError(
      'forbidden',
      'This needs root, and there is no sudo here: run it as root, or install sudo.',
    );
  }
  const again = await execa('sudo', ['--', process.execPath, ...process.argv.slice(1)], {
    stdio: 'inherit',
    reject: false,
  });
  process.exit(again.exitCode ?? 1);
}
