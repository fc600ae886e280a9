import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ShellEndpoint, sshConfigOf } from '@trencadis/contextualization';
import { execa } from 'execa';

/**
 * OpenSSH with key files that live as long as the session, and for each machine on the way only the host keys that the
 * platform knows. Answers its exit code.
 */
export async function openShell(endpoint: ShellEndpoint, command: readonly string[]): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'trencadis-ssh-'));
  try {
    const { host, files } = sshConfigOf(endpoint, folder);
    for (const [name, text] of Object.entries(files))
      await writeFile(join(folder, name), text, { mode: 0o600 });
    const { exitCode } = await execa('ssh', ['-F', join(folder, 'ssh_config'), host, ...command], {
      stdio: 'inherit',
      reject: false,
    });
    return exitCode ?? 1;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
