import { createHash } from 'node:crypto';
import { isIP } from 'node:net';
import type { RemoteShell } from '@trencadis/contextualization';
import { PlatformError } from '@trencadis/errors';
import type { VmName } from '@trencadis/ids';
import { encodeBase64, hash } from 'bcryptjs';
import { defaultPort, exporterPackage, exporterScript, scriptExits } from './exporter-script.ts';
import type { ExporterOptions } from './model.ts';

/** Installing the package may wait for another program that installs, and for the archive. */
const timeoutMs = 600_000;

/**
 * Sets Prometheus's node exporter up on the VM: only over TLS with the VM's own certificate, only for who knows the
 * password, only on that address. Resolves once it listens; again, it changes and restarts nothing. Where the image
 * lacks the package, apt-get installs it.
 *
 * Throws `unsupported` (no package and no apt-get), `unavailable` (not installed, does not start, or the link fails),
 * `invalid-argument` (a bad address, or a password longer than bcrypt's 72 bytes).
 */
export async function installExporter(
  shell: RemoteShell,
  options: ExporterOptions,
  signal: AbortSignal,
): Promise<void> {
  const { vm, address, port = defaultPort, certificatePem, privateKeyPem, password } = options;
  check(options);
  const passwordHash = await hash(password, saltOf(vm));
  const script = exporterScript({ address, port, certificatePem, privateKeyPem, passwordHash });
  const asRoot = 'if [ "$(id -u)" = 0 ]; then exec sh; else exec sudo -n sh; fi';
  const result = await shell.run(['sh', '-c', asRoot], { signal, timeoutMs, stdin: script });
  if (result.exitCode !== 0) throw failure(vm, result);
}

function check({ vm, address, password }: ExporterOptions): void {
  if (isIP(address) === 0) {
    const message = `The exporter of VM ${vm} was asked to listen on '${address}', which is not an IP address.`;
    throw new PlatformError('invalid-argument', message, { subject: vm });
  }
  if (password.length === 0 || Buffer.byteLength(password) > 72) {
    const message = `The password of the exporter of VM ${vm} must be 1 to 72 bytes long.`;
    throw new PlatformError('invalid-argument', message, { subject: vm });
  }
}

/**
 * The same for a VM each time, so that its configuration stays the same. A salt need not be secret, only different
 * from others. Cost 8: a password made at random needs no costly hash, and a platform makes one for each VM.
 */
function saltOf(vm: VmName): string {
  const bytes = createHash('sha256').update(`exporter of ${vm}`).digest().subarray(0, 16);
  return `$2b$08$${encodeBase64([...bytes], 16)}`;
}

function failure(
  vm: VmName,
  { exitCode, stderr }: { readonly exitCode: number; readonly stderr: string },
): PlatformError {
  const options = { subject: vm, details: { exitCode, stderr: stderr.slice(-2000) } };
  if (exitCode === scriptExits.noPackageManager) {
    const message = `VM ${vm} has neither the package ${exporterPackage} nor apt-get to install it: use an image that has it.`;
    return new PlatformError('unsupported', message, options);
  }
  const reason = stderr.trim().split('\n').at(-1) ?? '';
  const message =
    exitCode === scriptExits.notInstalled
      ? `The package ${exporterPackage} could not be installed on VM ${vm} (${reason}): let it reach Debian's archive, or use an image that has it.`
      : `The exporter of figures does not run on VM ${vm} (${reason || `exit code ${exitCode}`}): see 'journalctl -u ${exporterPackage}' there.`;
  return new PlatformError('unavailable', message, options);
}
