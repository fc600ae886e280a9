import { glob, realpath, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { PlatformError } from '@trencadis/errors';
import { identityPatterns } from './guest-files.ts';
import { isMissing } from './records.ts';

/**
 * Takes out of a copied root what made its machine that machine: keys, ids, names, who may log in, cloud-init's memory,
 * and what we had put there.
 */
export async function stripIdentity(directory: string): Promise<void> {
  const root = await realpath(directory);
  for (const pattern of identityPatterns) {
    for await (const path of glob(pattern, { cwd: root })) await removeInside(root, path);
  }
}

/** Whoever was root in the machine may have left links that lead out of it: none is followed. */
async function removeInside(root: string, path: string): Promise<void> {
  const parent = await realpath(join(root, dirname(path))).catch((error: unknown) => {
    if (isMissing(error)) return undefined;
    throw error;
  });
  if (parent === undefined) return;
  if (parent !== root && !parent.startsWith(`${root}/`)) {
    throw new PlatformError(
      'invalid-argument',
      `/${dirname(path)} of the VM leads out of its own files through a symbolic link: make it a directory.`,
      { subject: path },
    );
  }
  await rm(join(parent, basename(path)), { recursive: true, force: true });
}
