import { copyFile, glob, mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { brandId, sha256OfText } from '@trencadis/ids';
import type { ImageReference } from '@trencadis/vmm';
import { execa } from 'execa';
import { isThere } from './packages.ts';

export const cache = '/var/cache/trencadis/libvirt';
const packages =
  'systemd-sysv dbus udev iproute2 openssh-server python3-minimal systemd-resolved netbase kmod procps sudo ' +
  'cloud-init linux-image-cloud-amd64 initramfs-tools e2fsprogs';
/** What Debian's cloud-init writes the network for, when nothing else is installed. */
const services = 'systemd-networkd systemd-resolved';
const diskSize = '3G';
/** For a guest that has nothing but a kernel: in the order in which they are loaded. */
export const networkModules =
  'virtio_ring virtio virtio_pci_modern_dev virtio_pci_legacy_dev virtio_pci failover net_failover virtio_net'.split(
    ' ',
  );

/**
 * A small Debian 12 with cloud-init, as a qcow2 without partitions and with its kernel beside it; made once (a minute) and
 * kept in the system's cache.
 */
export async function cloudImage(): Promise<ImageReference> {
  const recipe = sha256OfText(`${packages} ${services} ${diskSize} ${networkModules.join(' ')}`).slice(0, 12);
  const location = join(cache, recipe);
  if (!(await isThere(location))) await build(location);
  const { digest } = JSON.parse(await readFile(join(location, 'image.json'), 'utf8'));
  return { location, digest: brandId('Sha256', digest) };
}

async function build(location: string): Promise<void> {
  const draft = `${location}.new`;
  const at = (name: string) => join(draft, name);
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { recursive: true });
  await bootstrap(at('root'));
  for (const [prefix, name] of [
    ['vmlinuz-', 'vmlinuz'],
    ['initrd.img-', 'initrd.img'],
  ] as const) {
    const found = (await readdir(at('root/boot'))).find((each) => each.startsWith(prefix)) ?? '';
    await copyFile(at(`root/boot/${found}`), at(name));
  }
  await mkdir(at('modules'));
  for await (const path of glob('root/lib/modules/*/kernel/{drivers,net}/**/*.ko', { cwd: draft })) {
    if (networkModules.includes(basename(path, '.ko')))
      await copyFile(at(path), at(`modules/${basename(path)}`));
  }
  const layout = ['-L', 'trencadis-root', '-m', '0', '-E', 'lazy_itable_init=1,root_owner=0:0'];
  await execa('mke2fs', ['-q', '-F', '-t', 'ext4', ...layout, '-d', at('root'), at('disk.raw'), diskSize]);
  await execa('qemu-img', ['convert', '-O', 'qcow2', at('disk.raw'), at('disk.qcow2')], { timeout: 300_000 });
  const { stdout } = await execa('sha256sum', [at('disk.qcow2')]);
  await writeFile(at('image.json'), JSON.stringify({ digest: stdout.slice(0, 64) }));
  await rm(at('root'), { recursive: true });
  await rm(at('disk.raw'));
  await rename(draft, location);
}

async function bootstrap(root: string): Promise<void> {
  const args = [
    '--variant=minbase',
    '--mode=root',
    '--aptopt=APT::Install-Recommends "false"',
    ...['man', 'locale', 'doc'].map((each) => `--dpkgopt=path-exclude=/usr/share/${each}/*`),
    `--include=${packages.replaceAll(' ', ',')}`,
    `--customize-hook=chroot "$1" systemctl enable ${services}`,
    'bookworm',
    root,
  ];
  await execa('mmdebstrap', args, { timeout: 900_000 });
}
