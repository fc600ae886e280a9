import { createHash } from 'node:crypto';
import { type Sha256, brandId } from '@trencadis/ids';
import { execa } from 'execa';

const tarArguments = [
  '--create',
  '--sort=name',
  '--format=posix',
  '--pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime',
  '--numeric-owner',
  '--xattrs',
  '--xattrs-include=*',
];

export interface ContentDigest {
  readonly digest: Sha256;
  readonly sizeBytes: number;
}

/** SHA-256 and length of the tree as a sorted POSIX tar: names, contents, owners, modes, times, links, attributes. */
export async function digestTree(root: string): Promise<ContentDigest> {
  const tar = execa('tar', [...tarArguments, '--directory', root, '.'], { buffer: { stdout: false } });
  const hash = createHash('sha256');
  let sizeBytes = 0;
  for await (const chunk of tar.iterable({ from: 'stdout', binary: true })) {
    hash.update(chunk);
    sizeBytes += chunk.byteLength;
  }
  await tar;
  return { digest: brandId('Sha256', hash.digest('hex')), sizeBytes };
}
