import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SshKeyPair } from '@trencadis/ssh-keys';
import type { VmSpec } from '@trencadis/vmm';
import { firstBootUserData } from '@trencadis/vmm/first-boot';
import { execa } from 'execa';
import { commandEnvironment, withDirectory } from './virsh.ts';

export interface Seed {
  readonly spec: Pick<VmSpec, 'hostName' | 'login' | 'userData' | 'name'>;
  readonly hostKey: SshKeyPair;
  /** Another one each time, by which cloud-init knows that this is a first boot. */
  readonly instanceId: string;
  readonly macs: readonly string[];
  /** Whether the root disk was another VM's. */
  readonly isOfVm: boolean;
}

/**
 * Writes cloud-init's seed (NoCloud, https://docs.cloud-init.io/en/latest/reference/datasources/nocloud.html) as an ISO
 * image and hands its path on. It holds the VM's private host key: it is in a closed directory, and gone afterwards.
 */
export async function withSeedImage<Result>(
  seed: Seed,
  signal: AbortSignal,
  work: (path: string) => Promise<Result>,
): Promise<Result> {
  return withDirectory(async (directory) => {
    const files = Object.entries(seedFiles(seed));
    for (const [name, content] of files) await writeFile(join(directory, name), content, { mode: 0o600 });
    const image = join(directory, 'seed.iso');
    const words = ['-quiet', '-volid', 'cidata', '-rational-rock', '-joliet', '-output', image];
    await execa('genisoimage', [...words, ...files.map(([name]) => join(directory, name))], {
      cancelSignal: signal,
      env: commandEnvironment,
      extendEnv: false,
      cwd: '/',
      timeout: 30_000,
    });
    return work(image);
  });
}

export function seedFiles(seed: Seed): Readonly<Record<string, string>> {
  const { spec, hostKey, instanceId, macs, isOfVm } = seed;
  return {
    'user-data': firstBootUserData(spec, hostKey),
    'meta-data': JSON.stringify({ 'instance-id': instanceId, 'local-hostname': spec.hostName }),
    'network-config': JSON.stringify(networkConfig(macs)),
    ...(isOfVm ? { 'vendor-data': forgettingOther(instanceId) } : {}),
  };
}

/** All addresses come by DHCP, where they are reserved. By MAC, since copies of a VM share its machine id, from which others are made. */
function networkConfig(macs: readonly string[]) {
  const ethernets = macs.map((macaddress, index) => [
    `trencadis${index}`,
    { match: { macaddress }, dhcp4: true, 'dhcp-identifier': 'mac' },
  ]);
  return { version: 2, ethernets: Object.fromEntries(ethernets) };
}

/**
 * What a VM made from another's disk forgets before anything of its own is written: who could log in, the machine id,
 * random seed and leases, and cloud-init's memory, in which the other's host key is. Its host keys go by `ssh_deletekeys`.
 */
function forgettingOther(instanceId: string): string {
  const script = [
    'rm -f /root/.ssh/authorized_keys /home/*/.ssh/authorized_keys',
    'rm -f /etc/machine-id /var/lib/dbus/machine-id /var/lib/systemd/random-seed /var/lib/dhcp/*',
    'systemd-machine-id-setup',
    `find /var/lib/cloud/instances -mindepth 1 -maxdepth 1 ! -name ${instanceId} -exec rm -rf {} +`,
  ].join('; ');
  const once = ['cloud-init-per', 'instance', 'trencadis-forget', 'sh', '-c', script];
  return `#cloud-config\n${JSON.stringify({ bootcmd: [once] })}\n`;
}
