import { PlatformError, toPlatformError } from '@trencadis/errors';
import { ExecaError } from 'execa';

/** The Debian package that gives each command. */
export const packageOfCommand: Readonly<Record<string, string>> = {
  'systemd-nspawn': 'systemd-container',
  ip: 'iproute2',
  nft: 'nftables',
  'ssh-keygen': 'openssh-client',
  mke2fs: 'e2fsprogs',
  mount: 'mount',
  umount: 'mount',
  nsenter: 'util-linux',
  flock: 'util-linux',
  unshare: 'util-linux',
  setpriv: 'util-linux',
  useradd: 'passwd',
  bash: 'bash',
};

export function notFound(what: string, name: string): PlatformError {
  return new PlatformError('not-found', `There is no ${what} ${name} among the local machines.`, {
    subject: name,
  });
}

export function heldByOther(what: string, name: string, tag: string): PlatformError {
  return new PlatformError(
    'conflict',
    `The ${what} ${name} exists and belongs to ${tag}. Choose another name.`,
    {
      subject: name,
    },
  );
}

/** Whatever a command, a file operation or the kernel answered, as a PlatformError; an abort stays what it is. */
function toLocalError(error: unknown, signal: AbortSignal): unknown {
  if (error instanceof PlatformError) return error;
  if (signal.aborted) return signal.reason;
  if (error instanceof ExecaError) return fromCommand(error);
  return fromText(error instanceof Error ? error.message : '', error) ?? toPlatformError(error);
}

/** Every operation of the driver goes through here: the one place where failures get their code. */
export async function translated<Result>(signal: AbortSignal, work: () => Promise<Result>): Promise<Result> {
  try {
    signal.throwIfAborted();
    return await work();
  } catch (error) {
    throw toLocalError(error, signal);
  }
}

function fromCommand(error: ExecaError): PlatformError {
  const [command = ''] = error.command.split(' ');
  const stderr = typeof error.stderr === 'string' ? error.stderr.slice(-2000) : '';
  const details = { command: error.escapedCommand, exitCode: error.exitCode, stderr };
  if (error.code === 'ENOENT') {
    const name = packageOfCommand[command] ?? command;
    return new PlatformError('unavailable', `${command} is not installed here: apt-get install ${name}.`, {
      details,
      cause: error,
    });
  }
  if (error.timedOut) {
    return new PlatformError('unavailable', `${command} did not answer in time on this machine.`, {
      details,
      cause: error,
    });
  }
  return (
    fromText(stderr, error) ??
    new PlatformError('internal', `${command} failed: ${lastLine(stderr)}`, { details, cause: error })
  );
}

const known = [
  [/ENOSPC|No space left/, 'quota-exceeded', 'The disk of the local machines is full'],
  [/EACCES|EPERM|not permitted|Permission denied/i, 'forbidden', 'Local machines need root'],
  [/EBUSY|EAGAIN|resource busy|temporarily unavailable/i, 'unavailable', 'The kernel is still busy with it'],
  [/failed to setup loop|could not find any free loop/i, 'unavailable', 'No loop device is free'],
] as const;

function fromText(text: string, cause: unknown): PlatformError | undefined {
  const match = known.find(([pattern]) => pattern.test(text));
  if (match === undefined) return undefined;
  const [, code, meaning] = match;
  return new PlatformError(code, `${meaning}: ${lastLine(text)}`, { cause });
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}
