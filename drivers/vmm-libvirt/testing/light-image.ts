import { copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { networkModules } from './cloud-image.ts';

/** Asks for addresses and does nothing more; the kernel's own ACPI lets go of disks. */
const init = `#!/bin/busybox sh
/bin/busybox mount -t devtmpfs dev /dev
/bin/busybox echo "a light guest is up" > /dev/console
for module in ${networkModules.join(' ')}; do /bin/busybox insmod /$module.ko; done
for link in eth0 eth1; do
  /bin/busybox ip link set $link up && /bin/busybox udhcpc -i $link -b -s /bin/true
done
while true; do /bin/busybox sleep 3600; done
`;

/**
 * Volumes of a pool that boot in three seconds under TCG: an empty disk, a real kernel, and busybox as its initrd. Enough
 * where only libvirt's side of a VM matters; nobody can log in.
 */
export async function makeLightImage(
  pool: string,
  cloud: string,
  virsh: (...words: string[]) => Promise<string>,
) {
  const folder = await mkdtemp(join(tmpdir(), 'trencadis-light-'));
  try {
    const at = (name: string) => join(folder, name);
    await mkdir(at('tree/bin'), { recursive: true });
    for (const directory of ['dev', 'proc']) await mkdir(at(`tree/${directory}`));
    await copyFile('/bin/busybox', at('tree/bin/busybox'));
    await symlink('busybox', at('tree/bin/sh'));
    await writeFile(at('tree/init'), init, { mode: 0o755 });
    await symlink('busybox', at('tree/bin/true'));
    const modules = networkModules.map((name) => `${name}.ko`);
    for (const name of modules) await copyFile(join(cloud, 'modules', name), at(`tree/${name}`));
    const own = ['.', 'bin', 'bin/busybox', 'bin/sh', 'bin/true', 'dev', 'proc', 'init'];
    const names = [...own, ...modules].join('\n');
    const words = ['cpio', '-o', '-H', 'newc'];
    const { stdout } = await execa('busybox', words, { cwd: at('tree'), input: names, encoding: 'buffer' });
    await writeFile(at('initrd'), stdout);
    await execa('qemu-img', ['create', '-q', '-f', 'qcow2', at('disk'), '64M']);
    for (const [volume, file] of [
      ['light.qcow2', at('disk')],
      ['light.qcow2.vmlinuz', join(cloud, 'vmlinuz')],
      ['light.qcow2.initrd.img', at('initrd')],
    ] as const) {
      const format = volume.endsWith('qcow2') ? 'qcow2' : 'raw';
      await virsh('vol-create-as', pool, volume, '64M', '--format', format);
      await virsh('vol-upload', '--pool', pool, volume, file);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
  return `${pool}/light.qcow2`;
}
