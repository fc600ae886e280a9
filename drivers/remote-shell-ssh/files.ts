import { randomUUID } from 'node:crypto';
import { posix } from 'node:path';
import type { FileToPut } from '@trencadis/contextualization';
import { isPlatformError } from '@trencadis/errors';
import type { SFTPWrapper } from 'ssh2';
import { fileError } from './errors.ts';
import { type Link, whileLinked } from './link.ts';

/** OpenSSH takes 256 KiB a packet; several at once hide the distance to the machine. */
const chunkBytes = 255 * 1024;
const chunksInFlight = 8;

/** Atomic: a hidden file beside the target takes the content, and its place at the end. */
export async function writeFile(link: Link, file: FileToPut, signal: AbortSignal): Promise<void> {
  const { dir, base } = posix.parse(file.path);
  const temporary = posix.join(dir, `.${base}.${randomUUID()}`);
  const content = Buffer.from(file.content);
  await withSftp(link, file.path, signal, async (sftp) => {
    const handle = await whileLinked<Buffer>(link, signal, (done) => sftp.open(temporary, 'wx', 0o600, done));
    try {
      await writeChunks(content, async (offset, length) => {
        await sftpStep(link, signal, (done) => sftp.write(handle, content, offset, length, offset, done));
      });
      await sftpStep(link, signal, (done) => sftp.fchmod(handle, file.mode, done));
      await sftpStep(link, signal, (done) => sftp.ext_openssh_fsync(handle, done));
      await sftpStep(link, signal, (done) => sftp.close(handle, done));
      await sftpStep(link, signal, (done) => sftp.ext_openssh_rename(temporary, file.path, done));
    } catch (error) {
      await removeQuietly(link, sftp, temporary);
      throw error;
    }
  });
}

export async function readFile(link: Link, path: string, signal: AbortSignal): Promise<Buffer> {
  return await withSftp(
    link,
    path,
    signal,
    async (sftp) => await whileLinked<Buffer>(link, signal, (done) => sftp.readFile(path, done)),
  );
}

async function withSftp<Result>(
  link: Link,
  path: string,
  signal: AbortSignal,
  use: (sftp: SFTPWrapper) => Promise<Result>,
): Promise<Result> {
  let sftp: SFTPWrapper | undefined;
  try {
    sftp = await whileLinked<SFTPWrapper>(link, signal, (done) => link.client.sftp(done));
    return await use(sftp);
  } catch (error) {
    if (signal.aborted || isPlatformError(error)) throw error;
    throw fileError(link.endpoint, path, error as Error);
  } finally {
    sftp?.end();
  }
}

async function writeChunks(
  content: Buffer,
  write: (offset: number, length: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < content.length) {
      const offset = next;
      next += chunkBytes;
      await write(offset, Math.min(chunkBytes, content.length - offset));
    }
  };
  await Promise.all(Array.from({ length: chunksInFlight }, work));
}

async function sftpStep(
  link: Link,
  signal: AbortSignal,
  start: (done: (error?: Error | null) => void) => void,
): Promise<void> {
  await whileLinked<void>(link, signal, (done) => {
    start((error) => {
      done(error, undefined);
    });
  });
}

/** Of no use to the caller, who is about to hear why the file was not written. */
async function removeQuietly(link: Link, sftp: SFTPWrapper, path: string): Promise<void> {
  const deadline = AbortSignal.timeout(2000);
  await Promise.allSettled([sftpStep(link, deadline, (done) => sftp.unlink(path, done))]);
}
