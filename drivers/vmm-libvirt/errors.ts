import { type ErrorCode, PlatformError, toPlatformError } from '@trencadis/errors';
import { ExecaError } from 'execa';

/** The Debian package that gives each command. */
const packageOfCommand: Readonly<Record<string, string>> = {
  virsh: 'libvirt-clients',
  genisoimage: 'genisoimage',
};

export function notFound(what: string, name: string): PlatformError {
  return new PlatformError('not-found', `libvirt has no ${what} ${name} of the platform.`, { subject: name });
}

export function heldByOther(what: string, name: string, holder: string | undefined): PlatformError {
  const whose = holder === undefined ? 'is not the platform’s' : `belongs to ${holder}`;
  return new PlatformError('conflict', `The ${what} ${name} exists and ${whose}. Choose another name.`, {
    subject: name,
  });
}

export function unsupported(message: string, subject: string): PlatformError {
  return new PlatformError('unsupported', message, { subject });
}

export function invalid(message: string, subject: string): PlatformError {
  return new PlatformError('invalid-argument', message, { subject });
}

/** Every operation of the driver goes through here: the one place where failures get their code. */
export async function translated<Result>(signal: AbortSignal, work: () => Promise<Result>): Promise<Result> {
  try {
    signal.throwIfAborted();
    return await work();
  } catch (error) {
    throw toLibvirtError(error, signal);
  }
}

export function toLibvirtError(error: unknown, signal: AbortSignal): unknown {
  if (error instanceof PlatformError) return error;
  if (signal.aborted) return signal.reason;
  return error instanceof ExecaError ? fromCommand(error) : toPlatformError(error);
}

/** What virsh wrote on its standard error; '' for any other failure. */
export function complaintOf(error: unknown): string {
  return error instanceof ExecaError && typeof error.stderr === 'string' ? error.stderr : '';
}

function fromCommand(error: ExecaError): PlatformError {
  const [command = ''] = error.command.split(' ');
  // The words of a command are names; keys are in files whose names say nothing.
  const details = { command, exitCode: error.exitCode, stderr: complaintOf(error).slice(-2000) };
  const options = { details, cause: error };
  if (error.code === 'ENOENT') {
    const name = packageOfCommand[command] ?? command;
    return new PlatformError(
      'unavailable',
      `${command} is not installed here: apt-get install ${name}.`,
      options,
    );
  }
  if (error.timedOut) {
    return new PlatformError('unavailable', 'libvirt did not answer in time: look at its log.', options);
  }
  const [code, remedy] = meaningOf(details.stderr);
  return new PlatformError(code, `libvirt: ${sentence(details.stderr)}${remedy}`, options);
}

type Meaning = readonly [RegExp, ErrorCode, string];

/** The first that matches. libvirt's own numbers are not among what virsh prints; its sentences are stable. */
const meanings: readonly Meaning[] = [
  [
    /Host key verification failed|host key is known|REMOTE HOST IDENTIFICATION/i,
    'unauthenticated',
    ' The host shows another key than sshHostKey: compare both, then correct the credentials.',
  ],
  [
    /Permission denied \(|Load key|no mutual signature/i,
    'unauthenticated',
    ' The host refuses the key: put its public half into authorized_keys there, or correct sshPrivateKey.',
  ],
  [
    /authentication (unavailable|failed)|access denied|not authorized|Permission denied|read only access/i,
    'forbidden',
    ' Add the user to the group libvirt on that host, or allow it by polkit.',
  ],
  [
    /Failed to connect socket|Connection (refused|reset|timed out|closed)|Could not resolve hostname|No route to host|End of file while reading|Cannot recv data|failed to connect to the hypervisor/i,
    'unavailable',
    ' Start libvirtd there (systemctl start libvirtd), or correct the endpoint.',
  ],
  [
    /No space left|not enough (free )?space|ENOSPC/i,
    'quota-exceeded',
    ' Free some space of the storage pool.',
  ],
  [/Cannot allocate memory|cannot set up guest memory/i, 'quota-exceeded', ' The host has no memory left.'],
  [
    /Failed to get "?(write|shared|consistent)|is in use|being used by|already in use/i,
    'conflict',
    ' Something else uses it; wait for that or end it.',
  ],
  [
    /(network|storage pool|storage vol|domain)\S* not found|failed to get (domain|network|vol|pool)/i,
    'not-found',
    '',
  ],
  [/already exists|exists already|existing dhcp host entry/i, 'conflict', ' Choose another name.'],
  [
    /cannot acquire state change lock|asynchronous jobs running|Timed out|timeout|another migration|temporarily/i,
    'unavailable',
    ' libvirt is busy with it; try again.',
  ],
  [/unsupported configuration|not supported|does not support/i, 'unsupported', ''],
];

function meaningOf(stderr: string): readonly [ErrorCode, string] {
  const match = meanings.find(([pattern]) => pattern.test(stderr));
  return match === undefined ? ['internal', ''] : [match[1], match[2]];
}

/** The cause is in virsh's last lines, after what it could not do. */
function sentence(stderr: string): string {
  const lines = stderr
    .split('\n')
    .map((line) => line.replace(/^error: /, '').trim())
    // OpenSSH frames its warning of another key.
    .filter((line) => line !== '' && !line.includes('@@@') && !line.startsWith('@'));
  const text = lines.slice(0, 3).join(': ');
  return text === '' ? 'it failed without saying why.' : text.endsWith('.') ? text : `${text}.`;
}
