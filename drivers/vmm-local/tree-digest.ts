import { createHash } from 'node:crypto';
import { type Sha256, brandId } from '@trencadis/ids';
import { execa } from 'execa';
import { commandEnvironment, endingWithUs } from './command.ts';

const [program, ...words] = [
  ...endingWithUs,
  'tar',
  '--create',
  '--sort=name',
  '--format=posix',
  '--pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime',
  '--numeric-owner',
  '--xattrs',
];

/** SHA-256 of the tree as a sorted POSIX tar archive. */
export async function treeDigest(directory: string, signal: AbortSignal): Promise<Sha256> {
  const tar = execa(program, [...words, '--directory', directory, '.'], {
    buffer: { stdout: false },
    cancelSignal: signal,
    env: commandEnvironment,
    extendEnv: false,
  });
  const hash = createHash('sha256');
  for await (const chunk of tar.iterable({ from: 'stdout', binary: true })) hash.update(chunk);
  await tar;
  return brandId('Sha256', hash.digest('hex'));
}
