import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import type { BuiltDiskImage } from '../index.ts';

export interface BootOrder {
  readonly image: BuiltDiskImage;
  /** For the machine's files; made here. */
  readonly folder: string;
  /** `direct`: the kernel that lies beside the disk; `bios`: the disk's own boot loader. */
  readonly by: 'direct' | 'bios';
  /** A NoCloud seed; none is no data source at all. */
  readonly seed?: string;
  readonly diskGiB: number;
}

/** A machine that QEMU emulates (no KVM: where that hangs nobody can tell), reached on a port of the loopback. */
export interface BootedDisk extends AsyncDisposable {
  readonly port: number;
  /** Fails when the machine ended. */
  poll<Answer>(ask: () => Promise<Answer | undefined>, deadlineMs: number): Promise<Answer>;
  /** The guest's serial console so far. */
  console(): Promise<string>;
}

const emulator = [
  '-M pc -accel tcg,thread=single,tb-size=128 -cpu qemu64 -m 512 -smp 1',
  '-nodefaults -no-user-config -display none -device virtio-rng-pci -device virtio-net-pci,netdev=net',
].flatMap((line) => line.split(' '));

/** Starts the machine on a larger copy-on-write disk; it is killed when disposed, or when this process ends. */
export async function bootDisk(order: BootOrder): Promise<BootedDisk> {
  const { image, folder, seed, diskGiB } = order;
  await mkdir(folder);
  const disk = join(folder, 'disk.qcow2');
  const serial = join(folder, 'serial.log');
  const backing = ['-F', 'qcow2', '-b', image.disk];
  await execa('qemu-img', ['create', '-q', '-f', 'qcow2', ...backing, disk, `${String(diskGiB)}G`]);
  const port = await freePort();
  const kernel = order.by === 'direct' ? await directKernel(image) : [];
  const drives = [
    `file=${disk},format=qcow2,if=virtio,cache=unsafe`,
    ...(seed === undefined ? [] : [`file=${seed},format=raw,if=virtio,readonly=on`]),
  ].flatMap((drive) => ['-drive', drive]);
  const network = ['-netdev', `user,id=net,hostfwd=tcp:127.0.0.1:${String(port)}-:22`];
  const qemu = ['qemu-system-x86_64', ...emulator, ...network, ...drives, ...kernel];
  const machine = execa('setpriv', ['--pdeathsig', 'KILL', ...qemu, '-serial', `file:${serial}`], {
    all: true,
    reject: false,
  });
  let ended: string | undefined;
  const end = (async () => {
    ended = (await machine).all;
  })();
  return {
    port,
    console: async () => await readFile(serial, 'latin1'),
    poll: async (ask, deadlineMs) => {
      const deadline = performance.now() + deadlineMs;
      for (;;) {
        const answer = await ask();
        if (answer !== undefined) return answer;
        if (ended !== undefined) throw new Error(`QEMU ended: ${ended}`);
        if (performance.now() > deadline) throw new Error(await readFile(serial, 'latin1'));
        await sleep(500);
      }
    },
    [Symbol.asyncDispose]: async () => {
      machine.kill('SIGKILL');
      await end;
    },
  };
}

/** On a busy host an emulated machine cannot measure its clocks: it is told what they are. */
async function directKernel({ kernelFile, initrdFile }: BuiltDiskImage): Promise<readonly string[]> {
  const mhz = /^cpu MHz\s*:\s*([\d.]+)/m.exec(await readFile('/proc/cpuinfo', 'utf8'))?.[1];
  const clocks = mhz === undefined ? [] : [`tsc_early_khz=${String(Math.round(Number(mhz) * 1000))}`];
  const parameters = [
    'root=LABEL=trencadis-root ro console=ttyS0 quiet mitigations=off nokaslr init_on_alloc=0',
    'lpj=4000000 no_timer_check tsc=reliable',
    ...clocks,
  ];
  return ['-kernel', kernelFile, '-initrd', initrdFile, '-append', parameters.join(' ')];
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** A NoCloud seed and what logs in with it. */
export interface Seed {
  readonly path: string;
  /** Of ssh, to log in as `admin`, with the host key pinned. */
  readonly sshOptions: readonly string[];
}

/** A seed that gives the machine its name, its host key and an administrator, and expects exactly that host key. */
export async function makeSeed(folder: string, hostName: string): Promise<Seed> {
  const [host, user] = [join(folder, 'host-key'), join(folder, 'user-key')];
  for (const key of [host, user]) await execa('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
  const [hostPrivate, hostPublic, userPublic] = await Promise.all(
    [host, `${host}.pub`, `${user}.pub`].map(async (path) => await readFile(path, 'utf8')),
  );
  const userData = {
    fqdn: hostName,
    prefer_fqdn_over_hostname: true,
    ssh_pwauth: false,
    ssh_keys: { ed25519_private: hostPrivate, ed25519_public: hostPublic },
    users: [
      {
        name: 'admin',
        shell: '/bin/bash',
        lock_passwd: true,
        sudo: 'ALL=(ALL) NOPASSWD:ALL',
        ssh_authorized_keys: [userPublic],
      },
    ],
  };
  const known = join(folder, 'known-hosts');
  await writeFile(known, `${hostName} ${String(hostPublic)}`);
  await writeFile(join(folder, 'user-data'), `#cloud-config\n${JSON.stringify(userData)}\n`);
  await writeFile(join(folder, 'meta-data'), JSON.stringify({ 'instance-id': `i-${hostName}` }));
  const path = join(folder, 'seed.iso');
  const files = ['user-data', 'meta-data'].map((name) => join(folder, name));
  await execa('genisoimage', ['-quiet', '-V', 'cidata', '-r', '-J', '-o', path, ...files]);
  const options = ['BatchMode=yes', 'ConnectTimeout=5', 'StrictHostKeyChecking=yes', 'IdentitiesOnly=yes'];
  const named = [...options, `HostKeyAlias=${hostName}`, `UserKnownHostsFile=${known}`];
  return { path, sshOptions: ['-F', 'none', '-i', user, ...named.flatMap((option) => ['-o', option])] };
}
