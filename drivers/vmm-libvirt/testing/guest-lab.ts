import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pollUntil, systemClock } from '@trencadis/clock';
import { type NetworkName, brandId } from '@trencadis/ids';
import type { ImageReference, Vm, VmSpec, VmmDriver } from '@trencadis/vmm';
import { execa } from 'execa';

const signal = new AbortController().signal;
/** Alone on two processors half a minute is enough. */
const readyDeadlineMs = 400_000;
export const tag = brandId('Tag', 'lab');

/** VMs for one test file, and the way into them by SSH. */
export class GuestLab {
  readonly driver: VmmDriver;
  readonly #directory: string;
  readonly #publicKey: string;

  constructor(driver: VmmDriver, directory: string, publicKey: string) {
    this.driver = driver;
    this.#directory = directory;
    this.#publicKey = publicKey;
  }

  static async open(driver: VmmDriver): Promise<GuestLab> {
    const directory = await mkdtemp(join(tmpdir(), 'trencadis-lab-'));
    await execa('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(directory, 'key')]);
    return new GuestLab(driver, directory, (await readFile(join(directory, 'key.pub'), 'utf8')).trim());
  }

  spec(name: string, image: ImageReference, changes: Partial<VmSpec> = {}): VmSpec {
    return {
      name: brandId('VmName', name),
      tag,
      hostName: name,
      image,
      cpuCount: 1,
      memoryMiB: 384,
      interfaces: [],
      disks: [],
      login: { user: 'root', authorizedKey: this.#publicKey },
      ...changes,
    };
  }

  async network(name: string, kind: 'public' | 'private' = 'private'): Promise<{ network: NetworkName }> {
    const spec = { name: brandId('NetworkName', name), tag, kind };
    return { network: (await this.driver.networks.createNetwork(spec, signal)).name };
  }

  /** Runs a command in the VM as soon as it answers; only the VM's declared host keys are trusted. */
  async ssh(vm: Vm, command: string): Promise<string> {
    const { host = '', user = '' } = vm.ssh ?? {};
    const known = join(this.#directory, `known-${vm.name}`);
    await writeFile(known, vm.hostKeys.map((key) => `${host} ${key}\n`).join(''));
    const options = [
      'BatchMode=yes',
      'StrictHostKeyChecking=yes',
      'ConnectTimeout=5',
      `UserKnownHostsFile=${known}`,
    ];
    const words = ['-i', join(this.#directory, 'key'), ...options.flatMap((option) => ['-o', option])];
    let said = '';
    const result = await pollUntil(
      async () => {
        const tried = await execa('ssh', [...words, `${user}@${host}`, command], {
          reject: false,
          timeout: 120_000,
        });
        said = tried.stderr;
        return tried.exitCode === 0 || tried.exitCode === 1 ? tried : undefined;
      },
      { clock: systemClock, everyMs: 500, deadlineMs: readyDeadlineMs },
    );
    if (result !== undefined) return result.stdout;
    const console = await this.driver.readConsole(vm.name, signal);
    throw new Error(`${vm.name} does not answer on ${host}: ${said}\n${console.slice(-3000)}`);
  }

  async sweep(): Promise<void> {
    const { driver } = this;
    for (const { name } of await driver.listVms(tag, signal)) await driver.deleteVm(name, signal);
    for (const { name } of await driver.images.listImages(tag, signal))
      await driver.images.deleteImage(name, signal);
    for (const { name } of await driver.disks.listDisks(tag, signal))
      await driver.disks.deleteDisk(name, signal);
    for (const { name } of await driver.networks.listNetworks(tag, signal)) {
      await driver.networks.deleteNetwork(name, signal);
    }
  }

  close(): Promise<void> {
    return rm(this.#directory, { recursive: true, force: true });
  }
}
