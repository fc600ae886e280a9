import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pollUntil, systemClock } from '@trencadis/clock';
import { type DiskName, type NetworkName, brandId } from '@trencadis/ids';
import type { ImageReference, Vm, VmSpec, VmmDriver } from '@trencadis/vmm';
import { execa } from 'execa';
import { createLocalVmm } from '../index.ts';
import { localLeftovers } from './local-leftovers.ts';
import { testImage } from './test-image.ts';

const signal = new AbortController().signal;
const tag = brandId('Tag', 'lab');
const readyDeadlineMs = 20_000;

/** Local machines for one test file, in a directory of their own, and the way into them by SSH. */
export class MachineLab {
  readonly directory: string;
  readonly image: ImageReference;
  readonly tag = tag;
  readonly #publicKey: string;

  constructor(directory: string, image: ImageReference, publicKey: string) {
    this.directory = directory;
    this.image = image;
    this.#publicKey = publicKey;
  }

  static async open(): Promise<MachineLab> {
    const directory = await mkdtemp(join(tmpdir(), 'trencadis-lab-'));
    await execa('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(directory, 'key')]);
    const publicKey = (await readFile(join(directory, 'key.pub'), 'utf8')).trim();
    return new MachineLab(directory, await testImage(), publicKey);
  }

  /** A driver as a newly started platform has it. */
  driver(): VmmDriver {
    return createLocalVmm({ directory: this.directory, addressPool: '10.205.0.0/16' });
  }

  spec(name: string, changes: Partial<VmSpec> = {}): VmSpec {
    return {
      name: brandId('VmName', name),
      tag,
      hostName: name,
      image: this.image,
      cpuCount: 1,
      memoryMiB: 256,
      interfaces: [],
      disks: [],
      login: { user: 'root', authorizedKey: this.#publicKey },
      ...changes,
    };
  }

  async network(name: string, kind: 'public' | 'private' = 'private'): Promise<{ network: NetworkName }> {
    const spec = { name: brandId('NetworkName', name), tag, kind };
    return { network: (await this.driver().networks.createNetwork(spec, signal)).name };
  }

  async disk(name: string): Promise<DiskName> {
    const spec = { name: brandId('DiskName', name), tag, sizeGiB: 1 };
    return (await this.driver().disks.createDisk(spec, signal)).name;
  }

  /** Runs a command in the machine as soon as it answers; only the VM's declared host keys are trusted. */
  async ssh(vm: Vm, command: string): Promise<string> {
    const { host = '', user = '' } = vm.ssh ?? {};
    const known = join(this.directory, `known-${vm.name}`);
    await writeFile(known, vm.hostKeys.map((key) => `${host} ${key}\n`).join(''));
    const options = [
      'BatchMode=yes',
      'StrictHostKeyChecking=yes',
      'ConnectTimeout=2',
      `UserKnownHostsFile=${known}`,
    ];
    const words = ['-i', join(this.directory, 'key'), ...options.flatMap((option) => ['-o', option])];
    const result = await pollUntil(
      async () => {
        const tried = await execa('ssh', [...words, `${user}@${host}`, command], { reject: false });
        return tried.exitCode === 255 ? undefined : tried;
      },
      { clock: systemClock, everyMs: 50, deadlineMs: readyDeadlineMs },
    );
    if (result === undefined) throw new Error(`${vm.name} does not answer on ${host}`);
    return result.stdout;
  }

  async sweep(): Promise<void> {
    const driver = this.driver();
    for (const { name } of await driver.listVms(tag, signal)) await driver.deleteVm(name, signal);
    for (const { name } of await driver.disks.listDisks(tag, signal))
      await driver.disks.deleteDisk(name, signal);
    for (const { name } of await driver.images.listImages(tag, signal))
      await driver.images.deleteImage(name, signal);
    for (const { name } of await driver.networks.listNetworks(tag, signal)) {
      await driver.networks.deleteNetwork(name, signal);
    }
  }

  async expectNothingLeft(): Promise<void> {
    const left = await localLeftovers(this.directory);
    if (left.length > 0) throw new Error(`left behind: ${left.join(', ')}`);
  }

  close(): Promise<void> {
    return rm(this.directory, { recursive: true, force: true });
  }
}
