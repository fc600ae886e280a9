import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { pollUntil, systemClock } from '@trencadis/clock';
import { type CertificatePems, createAuthority, issueServerCertificate } from '@trencadis/certificates';
import { stateDirectory } from '@trencadis/config';
import type { ConfigurationContext, RemoteShell } from '@trencadis/contextualization';
import { isPlatformError } from '@trencadis/errors';
import { brandId } from '@trencadis/ids';
import { buildImage, loadRecipe } from '@trencadis/images';
import { createSshShellDriver } from '@trencadis/remote-shell-ssh';
import type { ImageReference } from '@trencadis/vmm';
import { createLocalVmm } from '@trencadis/vmm-local';

export interface Machine {
  readonly name: string;
  readonly address: string;
  /** A context with this machine's certificate and nothing else in it. */
  readonly context: ConfigurationContext;
  connect(): Promise<RemoteShell>;
  /** Runs a shell script as root; answers its output. */
  script(text: string): Promise<string>;
  stop(): Promise<void>;
}

/** Puppet once more, as an operator would by hand; anything but "nothing to do" is an exit code that fails the script. */
export const applyAgain =
  "puppet apply --detailed-exitcodes --modulepath /var/lib/trencadis/modules/* --execute 'include trencadis::recipe'";

const never = new AbortController().signal;
const bootMs = 60_000;

/** A real machine of its own on this host, booted from one of our images or another, with the given login. */
export async function startMachine(
  name: string,
  image: 'base-toolkits' | 'postgresql' | ImageReference,
  user: string,
  userData?: string,
): Promise<Machine> {
  const directory = await mkdtemp(join(tmpdir(), 'trencadis-machine-'));
  const vmm = createLocalVmm({ directory, addressPool: '10.206.0.0/16' });
  const reference = typeof image === 'string' ? await ourImage(image) : image;
  const keys = await makeLoginKey(directory);
  const tag = brandId('Tag', 'contextualization');
  const network = brandId('NetworkName', `${name}-net`);
  const vmName = brandId('VmName', name);
  const stop = async (): Promise<void> => {
    await vmm.deleteVm(vmName, never);
    await vmm.networks.deleteNetwork(network, never);
    await rm(directory, { recursive: true });
  };
  try {
    await vmm.networks.createNetwork({ name: network, tag, kind: 'private' }, never);
    const spec = { name: vmName, tag, hostName: name, image: reference };
    const size = { cpuCount: 1, memoryMiB: 1024, interfaces: [{ network }], disks: [] };
    const login = { user, authorizedKey: keys.publicKey };
    const seed = userData === undefined ? {} : { userData };
    const vm = await vmm.createVm({ ...spec, ...size, ...seed, login }, never);
    const address = vm.addresses[0]!.address;
    const endpoint = { ...vm.ssh!, privateKey: keys.privateKey, hostKeys: vm.hostKeys };
    const connect = async (): Promise<RemoteShell> => await createSshShellDriver().connect(endpoint, never);
    await untilReachable(connect);
    const context = await contextOf(name, address);
    return { name, address, context, connect, script: scriptRunner(connect), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function ourImage(name: string): Promise<ImageReference> {
  const directory = join(stateDirectory(), 'images');
  const { rootfs, digest } = await buildImage(await loadRecipe(name), { directory });
  return { location: rootfs, digest };
}

export async function makeLoginKey(
  directory: string,
): Promise<{ readonly privateKey: string; readonly publicKey: string }> {
  const path = join(directory, 'login');
  await promisify(execFile)('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'test', '-f', path]);
  const [privateKey, publicKey] = await Promise.all([
    readFile(path, 'utf8'),
    readFile(`${path}.pub`, 'utf8'),
  ]);
  return { privateKey, publicKey: publicKey.trim() };
}

async function untilReachable(connect: () => Promise<RemoteShell>): Promise<void> {
  const attempt = async (): Promise<true | undefined> => {
    try {
      await (await connect()).close();
      return true;
    } catch (error) {
      if (isPlatformError(error, 'unavailable')) return undefined;
      throw error;
    }
  };
  const reached = await pollUntil(attempt, { clock: systemClock, everyMs: 100, deadlineMs: bootMs });
  if (!reached) throw new Error(`The machine did not answer on SSH within ${bootMs / 1000} s.`);
}

function scriptRunner(connect: () => Promise<RemoteShell>): Machine['script'] {
  return async (text) => {
    const shell = await connect();
    const argv = ['sudo', '-n', 'sh', '-eu', '-c', text] as const;
    const { exitCode, stdout, stderr } = await shell.run(argv, { signal: never, timeoutMs: 60_000 });
    await shell.close();
    if (exitCode !== 0) throw new Error(`Exit code ${exitCode}: ${stderr}${stdout}`);
    return stdout;
  };
}

let authority: Promise<CertificatePems> | undefined;

async function contextOf(name: string, address: string): Promise<ConfigurationContext> {
  authority ??= createAuthority({ commonName: 'Test', clock: systemClock });
  const issuer = await authority;
  const names = { dnsNames: [name, 'localhost'], ipAddresses: [address, '127.0.0.1'] };
  const issued = await issueServerCertificate({ authority: issuer, clock: systemClock, days: 1, ...names });
  return {
    infrastructureId: 'inf-testtest',
    vmName: name,
    systemId: name,
    addresses: { private: address },
    peers: [],
    certificate: { ...issued, authorityPem: issuer.certificatePem },
    databases: {},
    secrets: {},
    parameters: {},
  };
}
