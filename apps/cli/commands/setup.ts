import type { Command } from 'commander';
import { buildImages, buildableImages } from '../build-images.ts';
import { type HostPackageOptions, installHostPackages } from '../host-packages.ts';
import { probeHost } from '../probe-host.ts';
import { requireRoot } from '../require-root.ts';

export function addSetupCommand(program: Command): void {
  program
    .command('setup')
    .description('make this host ready: packages of the distribution, machine images')
    .option('--yes', 'install missing packages without asking')
    .option('--with-test-packages', 'also what the tests of this repository need')
    .action(setUpHost);
}

/** Everything that the embedded default needs on a fresh host. Run again, it finds all in place within a second. */
export async function setUpHost(options: HostPackageOptions): Promise<void> {
  await requireRoot();
  await installHostPackages(options);
  await probeHost();
  await buildImages(await buildableImages());
}
