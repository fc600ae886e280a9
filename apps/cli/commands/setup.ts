import type { Command } from 'commander';
import type { HostPackageOptions } from '../host-packages.ts';

export function addSetupCommand(program: Command): void {
  program
    .command('setup')
    .description('make this host ready: packages of the distribution, machine images')
    .option('--yes', 'install missing packages without asking')
    .option('--with-disk-packages', 'also what building disk images needs (image build --format qcow2)')
    .option('--with-test-packages', 'also what the tests of this repository need')
    .action(async (options: HostPackageOptions) => {
      const { setUpHost } = await import('../set-up-host.ts');
      await setUpHost(options);
    });
}
