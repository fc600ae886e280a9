import { readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newUuid, sha256OfText } from '@trencadis/ids';
import type { ImageReference } from '@trencadis/vmm';
import { execa } from 'execa';
import { type LibvirtCredentials, createLibvirtVmm, libvirtCredentials } from '../index.ts';
import { cloudImage } from './cloud-image.ts';
import { endpoint, startDaemons } from './daemons.ts';
import { difference, lines, look } from './leftovers.ts';
import { makeLightImage } from './light-image.ts';

export interface RunningLibvirt {
  readonly endpoint: string;
  /** With a pool of its own. */
  readonly credentials: LibvirtCredentials;
  /** A Debian with cloud-init and SSH, which answers after half a minute or so. */
  readonly image: ImageReference;
  /** A volume that boots to a busybox at once, without SSH. */
  readonly lightImage: ImageReference;
  /** A network that libvirt has already, with DHCP. */
  readonly providerNetwork: string;
  virsh(...words: string[]): Promise<string>;
  /** All that is there beyond what was at the start and the pool's cache of base images. */
  leftovers(): Promise<readonly string[]>;
  stop(): Promise<void>;
}

export async function virsh(...words: string[]): Promise<string> {
  const { stdout } = await execa('virsh', ['-q', '-c', endpoint, ...words], { timeout: 120_000 });
  return stdout;
}

/** libvirt and QEMU of this machine, installed and started if they are not; needs root. */
export async function startLibvirt(): Promise<RunningLibvirt> {
  const stopDaemons = await startDaemons();
  const image = await cloudImage();
  const id = newUuid().slice(0, 8);
  const pool = `trencadis-test-${id}`;
  const credentials = libvirtCredentials.parse({ pool, addressPool: '10.208.0.0/16' });
  const providerNetwork = await lend(id);
  const before = await look(virsh);
  // Makes the pool.
  const driver = createLibvirtVmm({ credentials });
  await driver.disks.listDisks(image.digest.slice(0, 8) as never, new AbortController().signal);
  const location = await makeLightImage(pool, image.location, virsh);
  return {
    endpoint,
    credentials,
    image,
    lightImage: { location, digest: await listedDigest(driver, location) },
    providerNetwork,
    virsh,
    leftovers: async () => [
      ...difference(before, await look(virsh)),
      ...(await volumesOf(pool)),
      ...lines(await virsh('net-dumpxml', providerNetwork)).filter((line) => line.startsWith('<host ')),
    ],
    stop: async () => {
      await removePool(pool);
      await virsh('net-destroy', providerNetwork);
      await virsh('net-undefine', providerNetwork);
      await stopDaemons();
    },
  };
}

async function listedDigest(driver: ReturnType<typeof createLibvirtVmm>, location: string) {
  const listed = await driver.images.listBootable({ pattern: location }, new AbortController().signal);
  return listed[0]?.digest ?? sha256OfText('absent');
}

/** As its files are, since libvirt does not look at them again by itself. */
async function volumesOf(pool: string): Promise<readonly string[]> {
  const files = await readdir(`/var/lib/libvirt/images/${pool}`);
  return files.filter((name) => !/^(light\.qcow2|trencadis\.base\.)/.test(name));
}

async function removePool(pool: string): Promise<void> {
  await virsh('pool-destroy', pool);
  await virsh('pool-undefine', pool);
  await rm(`/var/lib/libvirt/images/${pool}`, { recursive: true, force: true });
}

/** A network as the host's administrator would have made one, with a range that no other network of the host has. */
async function lend(id: string): Promise<string> {
  const name = `lent-${id}`;
  const first = Number.parseInt(id.slice(0, 2), 16);
  for (let attempt = 0; ; attempt += 1) {
    await defineNetwork(name, (first + attempt) % 256);
    const { exitCode, stderr } = await execa('virsh', ['-q', '-c', endpoint, 'net-start', name], {
      reject: false,
    });
    if (exitCode === 0) return name;
    await virsh('net-undefine', name);
    if (attempt === 20) throw new Error(`no range is free for ${name}: ${stderr}`);
  }
}

async function defineNetwork(name: string, third: number): Promise<void> {
  const dhcp = `<dhcp><range start='10.209.${third}.2' end='10.209.${third}.254'/></dhcp>`;
  const ip = `<ip address='10.209.${third}.1' netmask='255.255.255.0'>${dhcp}</ip>`;
  const file = join(tmpdir(), `${name}.xml`);
  await writeFile(file, `<network><name>${name}</name>${ip}</network>`);
  await virsh('net-define', file);
  await rm(file);
}
