import type { ConfigurationJob } from '@trencadis/contextualization';
import { PlatformError } from '@trencadis/errors';
import { type JobFolder, jobPath } from './job-folder.ts';
import { runInSandbox } from './sandbox.ts';

interface DecryptOptions {
  readonly job: ConfigurationJob;
  readonly folder: JobFolder;
  readonly programs: string;
  readonly signal: AbortSignal;
}

/** A recipe that is encrypted as a whole; the password waits in the folder. */
export async function decryptRecipe(
  text: string,
  { job, folder, programs, signal }: DecryptOptions,
): Promise<string> {
  const { vmName, context } = job;
  const refuse = (why: string): PlatformError =>
    new PlatformError(
      'invalid-argument',
      `The recipe for VM ${vmName} is encrypted with Ansible-Vault${why}`,
      {
        subject: vmName,
      },
    );
  if (context.machine?.vaultPassword === undefined)
    throw refuse(", and the document gives no password: set the system's vault.password.");
  await folder.write('recipe.vault', text.trim().replaceAll(/^[ \t]+/gm, ''));
  const argv = [`${programs}/ansible-vault`, 'decrypt', '--output', '-', `${jobPath}/recipe.vault`] as const;
  const { exitCode, stdout, stderr } = await runInSandbox(argv, { folder: folder.path, signal });
  if (exitCode !== 0) throw refuse(` and cannot be read: ${stderr.replaceAll(`${jobPath}/`, '').trim()}`);
  return stdout;
}
