import type { ShellEndpoint } from '@trencadis/contextualization';
import { PlatformError, isPlatformError } from '@trencadis/errors';

/** What ssh2 puts on its errors beside the message. */
interface Ssh2Error {
  readonly message: string;
  readonly level?: string;
  readonly code?: string | number;
  readonly banner?: string;
}

type Place = Pick<ShellEndpoint, 'host' | 'port'>;

const placeOf = ({ host, port }: Place): string => `${host} port ${port}`;

export function connectError(endpoint: ShellEndpoint, thrown: unknown): PlatformError {
  const error = thrown as Ssh2Error;
  const [code, message] = connectFailure(endpoint, error);
  const { message: text, level, code: nativeCode } = error;
  return new PlatformError(code, message, {
    subject: endpoint.host,
    details: { text, level, nativeCode },
    cause: thrown,
  });
}

function connectFailure(
  endpoint: ShellEndpoint,
  { message, level, banner }: Ssh2Error,
): [PlatformError['code'], string] {
  const place = placeOf(endpoint);
  if (/verification failed|no matching host key/i.test(message))
    return [
      'forbidden',
      `${place} is not the machine it should be: its SSH host key is none of those known for it. If the machine was rebuilt outside the platform, deploy it again; otherwise somebody stands in between.`,
    ];
  if (/privateKey/.test(message))
    return [
      'invalid-argument',
      `The private key given for ${place} cannot be read: give an OpenSSH private key without a passphrase.`,
    ];
  if (level === 'client-authentication')
    return /booting up/i.test(banner ?? '')
      ? ['unavailable', `${place} is still booting: try again in a moment.`]
      : [
          'unauthenticated',
          `${place} refuses the key of user '${endpoint.user}': put its public key into that user's authorized_keys.`,
        ];
  if (level === 'handshake')
    return ['unsupported', `${place} shares no SSH algorithm with us (${message}): update its SSH server.`];
  return ['unavailable', `No SSH connection to ${place} (${message}): is the machine running and reachable?`];
}

/** Reason code 1 of RFC 4254, 5.1: the server does not want to, as opposed to being unable to. */
const administrativelyProhibited = 1;

/** Why the machine in between cannot connect us to the one behind it. */
export function jumpError(jump: Place, target: Place, thrown: unknown): PlatformError {
  if (isPlatformError(thrown)) return thrown;
  const { message: text, reason } = thrown as Error & { readonly reason?: number };
  const options = { subject: target.host, details: { text, reason }, cause: thrown };
  if (reason === administrativelyProhibited) {
    const message = `${placeOf(jump)} lets no connection through to ${placeOf(target)}: set AllowTcpForwarding in its sshd_config.`;
    return new PlatformError('forbidden', message, options);
  }
  const message = `No SSH connection to ${placeOf(target)} through ${placeOf(jump)} (${text}): is the machine running and reachable from there?`;
  return new PlatformError('unavailable', message, options);
}

export function connectionLost(endpoint: ShellEndpoint, cause: Error): PlatformError {
  const message = `The SSH connection to ${placeOf(endpoint)} was lost (${cause.message}): connect again.`;
  return new PlatformError('unavailable', message, { subject: endpoint.host, cause });
}

export function connectionClosed(endpoint: ShellEndpoint): PlatformError {
  const message = `The SSH connection to ${placeOf(endpoint)} is closed: connect again.`;
  return new PlatformError('unavailable', message, { subject: endpoint.host });
}

/** The arguments stay out of it: they may be long, and only the program tells what to look for. */
export function runFailed(endpoint: ShellEndpoint, program: string, cause: Error): PlatformError {
  const message = `'${program}' could not be started or followed on ${placeOf(endpoint)} (${cause.message}): try again.`;
  return new PlatformError('unavailable', message, { subject: endpoint.host, cause });
}

export function runTimedOut(endpoint: ShellEndpoint, program: string, timeoutMs: number): PlatformError {
  const message = `'${program}' on ${placeOf(endpoint)} did not end within ${timeoutMs / 1000} s and was stopped: see what it waits for, or give it more time.`;
  return new PlatformError('unavailable', message, { subject: endpoint.host });
}

export function fileError(endpoint: ShellEndpoint, path: string, cause: Error): PlatformError {
  const [code, what] = fileFailure(cause);
  const message = `File ${path} on ${placeOf(endpoint)}: ${what}`;
  return new PlatformError(code, message, { subject: path, details: { text: cause.message }, cause });
}

/** Status codes of SFTP version 3 (draft-ietf-secsh-filexfer-02, section 7). */
function fileFailure({ code, message }: Ssh2Error): [PlatformError['code'], string] {
  if (code === 2) return ['not-found', 'it or its folder does not exist; make the folder first.'];
  if (code === 3) return ['forbidden', 'the user may not do that; use another user or folder.'];
  if (/subsystem/i.test(message))
    return ['unsupported', 'the machine offers no SFTP; enable its sftp subsystem.'];
  return [
    'internal',
    `the machine answers '${message}'; look for a full disk, or a folder where a file should be.`,
  ];
}
