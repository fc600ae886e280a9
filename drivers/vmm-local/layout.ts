import { createHash } from 'node:crypto';
import { join, resolve } from 'node:path';
import type { DiskName, NetworkName, VmName } from '@trencadis/ids';

/** Where a machine's facts are, and what its things in the kernel are called. */
export interface MachinePlaces {
  readonly directory: string;
  readonly record: string;
  /** The machine's own layer over the image; `work` belongs to overlayfs, `root` is both together, mounted. */
  readonly upper: string;
  readonly work: string;
  readonly root: string;
  /** Mount points of attached disks, by disk name. */
  readonly disks: string;
  readonly hostKey: string;
  readonly console: string;
  /** Exists while a running machine has yet to boot with its new disks. */
  readonly restarting: string;
  /** Exists once the machine's own PID 1 was seen. */
  readonly booted: string;
  /** Also the machine's name for systemd-nspawn and of its cgroup and network namespace. */
  readonly kernelName: string;
  /** Host side of interface 0, 1, ... */
  link(index: number): string;
}

export interface Layout {
  readonly directory: string;
  /** Starts the name of every bridge, link, namespace and cgroup made for this directory. */
  readonly kernelPrefixes: { readonly bridge: string; readonly link: string; readonly machine: string };
  readonly machines: string;
  readonly networks: string;
  readonly disks: string;
  readonly images: string;
  /** Held while names and addresses are chosen. */
  readonly lock: string;
  /** Held while an image is made or deleted, which may take minutes. */
  readonly imageLock: string;
  machine(name: VmName): MachinePlaces;
  networkRecord(name: NetworkName): string;
  bridge(name: NetworkName): string;
  disk(name: DiskName): { readonly directory: string; readonly record: string; readonly data: string };
  image(name: string): { readonly directory: string; readonly record: string; readonly root: string };
}

/** `length` characters 0-9a-z that stand for the text: short enough for Linux's 15-character interface names. */
function shortHash(text: string, length: number): string {
  const number = BigInt(`0x${createHash('sha256').update(text).digest('hex')}`);
  return number.toString(36).slice(-length);
}

/** All names follow from the directory and the ids, so that any process finds what another has made. */
export function layoutOf(path: string): Layout {
  const directory = resolve(path);
  const owner = shortHash(directory, 4);
  const prefixes = { bridge: `tb${owner}`, link: `tv${owner}`, machine: `tm${owner}` };
  const machines = join(directory, 'machines');
  const networks = join(directory, 'networks');
  const disks = join(directory, 'disks');
  const images = join(directory, 'images');
  return {
    directory,
    kernelPrefixes: prefixes,
    machines,
    networks,
    disks,
    images,
    lock: join(directory, 'lock'),
    imageLock: join(directory, 'image-lock'),
    machine: (name) => machinePlaces(join(machines, name), prefixes, shortHash(name, 7)),
    networkRecord: (name) => join(networks, `${name}.json`),
    bridge: (name) => prefixes.bridge + shortHash(name, 8),
    disk: (name) => ({
      directory: join(disks, name),
      record: join(disks, name, 'disk.json'),
      data: join(disks, name, 'data.ext4'),
    }),
    image: (name) => ({
      directory: join(images, name),
      record: join(images, name, 'image.json'),
      root: join(images, name, 'root'),
    }),
  };
}

function machinePlaces(
  directory: string,
  prefixes: { readonly link: string; readonly machine: string },
  hash: string,
): MachinePlaces {
  return {
    directory,
    record: join(directory, 'machine.json'),
    upper: join(directory, 'upper'),
    work: join(directory, 'work'),
    root: join(directory, 'root'),
    disks: join(directory, 'disks'),
    hostKey: join(directory, 'host-key.pub'),
    console: join(directory, 'console.log'),
    restarting: join(directory, 'restarting'),
    booted: join(directory, 'booted'),
    kernelName: prefixes.machine + hash,
    link: (index) => `${prefixes.link}${hash}${index}`,
  };
}
