import { access } from 'node:fs/promises';
import { execa } from 'execa';

/** A file of each, by which it is known to be installed. */
const packages = {
  'qemu-system-x86': '/usr/bin/qemu-system-x86_64',
  'qemu-utils': '/usr/bin/qemu-img',
  'libvirt-daemon-system': '/usr/sbin/libvirtd',
  'libvirt-daemon-driver-qemu': '/usr/lib/x86_64-linux-gnu/libvirt/connection-driver/libvirt_driver_qemu.so',
  'libvirt-clients': '/usr/bin/virsh',
  'dnsmasq-base': '/usr/sbin/dnsmasq',
  iptables: '/usr/sbin/iptables',
  genisoimage: '/usr/bin/genisoimage',
  'busybox-static': '/usr/share/doc/busybox-static/copyright',
  mmdebstrap: '/usr/bin/mmdebstrap',
  'openssh-server': '/usr/sbin/sshd',
  e2fsprogs: '/sbin/mke2fs',
} as const;

/** Installs what is missing, with the distribution's own program. */
export async function installPackages(): Promise<void> {
  const found = await Promise.all(
    Object.entries(packages).map(async ([name, path]) => ((await isThere(path)) ? [] : name)),
  );
  const missing = found.flat();
  if (missing.length === 0) return;
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  await execa('apt-get', ['update'], { env, timeout: 300_000 });
  await execa('apt-get', ['install', '--yes', '--no-install-recommends', ...missing], {
    env,
    timeout: 600_000,
  });
}

export function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
