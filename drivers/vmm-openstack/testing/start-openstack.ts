import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type VmName, newUuid } from '@trencadis/ids';
import type { ImageReference } from '@trencadis/vmm';
import type { OpenstackCredentials } from '../credentials.ts';
import { type Admin, openAdmin } from './admin.ts';
import { cable, enterNamespace, freeAddresses, logEnds } from './namespace.ts';
import { preparedLayer, removeStale, rootFilesystem, runs } from './root-filesystem.ts';

export interface Openstack {
  /** Of Keystone. */
  readonly endpoint: string;
  /** Of a member of the project `trencadis`. */
  readonly credentials: OpenstackCredentials;
  /** Of one that may only read there. */
  readonly readerCredentials: OpenstackCredentials;
  /** Of a member of the project `cramped`, whose quotas a test may change. */
  readonly crampedCredentials: OpenstackCredentials;
  readonly image: ImageReference;
  /** A network that all projects may use. */
  readonly providerNetwork: string;
  /** What every project still holds that was not there from the beginning. */
  readonly leftovers: () => Promise<readonly string[]>;
  /** A process in the network namespace of its services, where others may be put beside them. */
  readonly pid: number;
  /** Deletes a VM past the driver. */
  readonly removeBehind: (name: VmName) => Promise<void>;
  readonly stop: () => Promise<void>;
}

export interface RunningOpenstack extends Openstack {
  readonly admin: Admin;
}

const readyMs = 600_000;

/**
 * Keystone, Placement, Glance, Nova with its fake virt driver, Neutron and Cinder, from Debian's packages, in namespaces
 * of their own. Needs root and mmdebstrap. From nothing three minutes; afterwards half a minute.
 */
export async function startOpenstack(): Promise<RunningOpenstack> {
  await removeStale();
  const root = await rootFilesystem();
  const layer = await preparedLayer(root, (draft) => prepare(root, draft));
  const directory = join(runs, `${newUuid().slice(0, 8)}.${process.pid}`);
  await mkdir(directory, { recursive: true });
  const addresses = await freeAddresses();
  const layers = [join(layer, 'upper'), root];
  const subprocess = enterNamespace({ layers, directory, address: addresses.services, script: 'serve.sh' });
  const stop = async () => {
    subprocess.kill('SIGKILL');
    await subprocess;
    // The last of its daemons may still be writing for a moment.
    await rm(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  };
  try {
    if (subprocess.pid === undefined) throw new Error('the namespaces of OpenStack could not be made');
    await cable(subprocess.pid, addresses);
    await ready(subprocess, directory);
    return { ...(await facts(`http://${addresses.services}:5000/v3`)), pid: subprocess.pid, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function prepare(root: string, draft: string): Promise<void> {
  const subprocess = enterNamespace({
    layers: [root],
    directory: draft,
    address: '10.206.76.2',
    script: 'prepare.sh',
  });
  const { exitCode, all } = await subprocess;
  if (exitCode === 0) return;
  throw new Error(`OpenStack could not be prepared:\n${all}\n${await logEnds(draft)}`);
}

/** Its output goes on being read afterwards, so that it never blocks. */
function ready(subprocess: ReturnType<typeof enterNamespace>, directory: string): Promise<void> {
  const seen: string[] = [];
  const said = Promise.withResolvers<void>();
  const giveUp = async () => {
    const text = `OpenStack did not start:\n${seen.join('\n')}\n${await logEnds(directory)}`;
    said.reject(new Error(text));
  };
  const timeout = setTimeout(() => void giveUp(), readyMs);
  createInterface({ input: subprocess.all }).on('line', (line) => {
    seen.push(line);
    if (line === 'ready') said.resolve();
  });
  void subprocess.then(() => giveUp());
  return said.promise.finally(() => clearTimeout(timeout));
}

async function facts(endpoint: string): Promise<Omit<RunningOpenstack, 'pid' | 'stop'>> {
  const admin = await openAdmin(endpoint);
  const account = (username: string, projectName: string): OpenstackCredentials => ({
    username,
    password: username,
    projectName,
    guests: 'simulated',
  });
  return {
    endpoint,
    credentials: account('deployer', 'trencadis'),
    readerCredentials: account('watcher', 'trencadis'),
    crampedCredentials: account('cramped', 'cramped'),
    image: await admin.image(),
    providerNetwork: 'campus',
    leftovers: () => admin.leftovers(),
    removeBehind: (name) => admin.removeServer(name),
    admin,
  };
}
