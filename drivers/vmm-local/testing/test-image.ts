import { access, mkdir, rename, rm } from 'node:fs/promises';
import { sha256OfText } from '@trencadis/ids';
import type { ImageReference } from '@trencadis/vmm';
import { execa } from 'execa';

const cache = '/var/cache/trencadis/test-rootfs';
const basePackages = ['systemd-sysv', 'dbus', 'openssh-server', 'sudo', 'procps', 'iproute2', 'iputils-ping'];

/**
 * A small Debian 12 to boot in tests, with further packages where a test asks for them; made once with mmdebstrap (half
 * a minute) and kept in the system's cache.
 */
export async function testImage(further: readonly string[] = []): Promise<ImageReference> {
  const packages = [...basePackages, ...further];
  const recipe = sha256OfText(packages.join(' '));
  const location = `${cache}/${recipe.slice(0, 12)}`;
  const isThere = await access(location).then(
    () => true,
    () => false,
  );
  if (!isThere) await build(location, packages);
  return { location, digest: recipe };
}

async function build(location: string, packages: readonly string[]): Promise<void> {
  const draft = `${location}.new`;
  await mkdir(cache, { recursive: true });
  await rm(draft, { recursive: true, force: true });
  const args = [
    '--variant=minbase',
    '--mode=root',
    '--aptopt=APT::Install-Recommends "false"',
    '--dpkgopt=path-exclude=/usr/share/man/*',
    '--dpkgopt=path-exclude=/usr/share/doc/*',
    `--include=${packages.join(',')}`,
    'bookworm',
    draft,
  ];
  await execa('mmdebstrap', args, { timeout: 600_000 });
  await rename(draft, location);
}
