import { PlatformError } from '@trencadis/errors';
import type { VmName } from '@trencadis/ids';

/** OpenSSL's and Node's names of what is wrong with a certificate (tls.TLSSocket.authorizationError). */
const certificateCode = /CERT|SIGNATURE|CRL|ISSUER|HOSTNAME_MISMATCH|ALTNAME/;

/** Why a connection or request failed, for a person. */
export function reasonOf(error: unknown): string {
  const { code, message } = causeOf(error);
  if (code !== undefined && certificateCode.test(code)) {
    return `its certificate is not one of its infrastructure's for it (${code})`;
  }
  return reasons[code ?? ''] ?? (message || code || 'unknown');
}

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  EHOSTUNREACH: 'no route to it',
  ENETUNREACH: 'no route to its network',
  ETIMEDOUT: 'no answer to the connection',
  UND_ERR_CONNECT_TIMEOUT: 'no answer to the connection',
  UND_ERR_SOCKET: 'connection closed',
};

/** Node wraps what happened when it tried more than one address. */
function causeOf(error: unknown): { readonly code?: string; readonly message: string } {
  if (!(error instanceof Error)) return { message: String(error) };
  const code = 'code' in error && typeof error.code === 'string' ? { code: error.code } : {};
  return { ...code, message: error.message };
}

export function exporterSilent(vm: VmName, because: string, cause?: unknown): PlatformError {
  const message = `The exporter of VM ${vm} tells no figures: ${because}.`;
  return new PlatformError('unavailable', message, { subject: vm, cause });
}

export function exporterRefuses(vm: VmName): PlatformError {
  const message = `The exporter of VM ${vm} refuses the password of its infrastructure: set it up again by configuring the VM.`;
  return new PlatformError('unauthenticated', message, { subject: vm });
}
