import { readFile, readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { PlatformError } from '@trencadis/errors';
import { type Sha256, sha256OfBytes } from '@trencadis/ids';

export interface ModuleArchive {
  /** A tar archive of the module path; the same files give the same bytes. */
  readonly content: Buffer;
  readonly digest: Sha256;
}

const blockBytes = 512;

export async function packModules(directory: string): Promise<ModuleArchive> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const files = await Promise.all(
    paths.sort().map(async (path) => tarEntry(relative(directory, path), await readFile(path))),
  );
  if (files.length === 0) {
    const message = `There are no Puppet modules in ${directory}: give the folder that holds the module trencadis.`;
    throw new PlatformError('not-found', message, { subject: directory });
  }
  const content = Buffer.concat([...files.flat(), Buffer.alloc(2 * blockBytes)]);
  return { content, digest: sha256OfBytes(content) };
}

/** One regular file in the ustar format (IEEE Std 1003.1, pax, "ustar Interchange Format"). */
function tarEntry(name: string, content: Buffer): Buffer[] {
  if (Buffer.byteLength(name) > 100) {
    throw new PlatformError(
      'invalid-argument',
      `The path ${name} of a Puppet module is longer than 100 bytes.`,
    );
  }
  const header = Buffer.alloc(blockBytes);
  const octal = (value: number, width: number): string => `${value.toString(8).padStart(width - 1, '0')}\0`;
  const fields: [offset: number, text: string][] = [
    [0, name],
    [100, octal(0o644, 8)],
    [108, octal(0, 8)],
    [116, octal(0, 8)],
    [124, octal(content.length, 12)],
    [136, octal(0, 12)],
    [148, ' '.repeat(8)],
    [156, '0'],
    [257, 'ustar\0'],
    [263, '00'],
  ];
  for (const [offset, text] of fields) header.write(text, offset);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(octal(sum, 7), 148);
  const padding = Buffer.alloc((blockBytes - (content.length % blockBytes)) % blockBytes);
  return [header, content, padding];
}
