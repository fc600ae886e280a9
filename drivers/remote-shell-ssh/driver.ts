import type { RemoteShellDriver } from '@trencadis/contextualization';
import { readFile, writeFile } from './files.ts';
import { type LinkTimes, closeLink, openLink } from './link.ts';
import { runProgram } from './run.ts';

const defaultTimes: LinkTimes = { connectTimeoutMs: 10_000, keepaliveMs: 5_000 };

/**
 * Remote shells over SSH 2 (RFC 4251 to 4254) with a POSIX login shell and SFTP on the other side.
 * Machines in between are passed one after the other, the keys of each checked as those of the last.
 * A peer that answers nothing for three times `keepaliveMs` is taken for dead.
 */
export function createSshShellDriver(times: Partial<LinkTimes> = {}): RemoteShellDriver {
  return {
    connect: async (endpoint, signal) => {
      const link = await openLink(endpoint, { ...defaultTimes, ...times }, signal);
      return {
        endpoint,
        run: async (argv, options) => await runProgram(link, argv, options),
        putFile: async (file, fileSignal) => await writeFile(link, file, fileSignal),
        getFile: async (path, fileSignal) => await readFile(link, path, fileSignal),
        close: async () => await closeLink(link),
      };
    },
  };
}
