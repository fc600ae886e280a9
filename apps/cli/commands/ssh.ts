import { brandId } from '@trencadis/ids';
import type { Command } from 'commander';
import { connectPlatform } from '../connect.ts';
import { pickVm, statusOf } from '../find-infrastructure.ts';
import { openShell } from '../open-shell.ts';

export function addSshCommand(program: Command): void {
  program
    .command('ssh')
    .description('open a shell on a VM, or run a command there')
    .argument('<name>', 'the infrastructure')
    .argument('[vm]', 'the VM, or a part of its name')
    .argument('[command...]', 'after --')
    .action(async (name: string, vm: string | undefined, command: readonly string[]) => {
      await using platform = await connectPlatform();
      const status = await statusOf(platform.infrastructures, name);
      const infrastructureId = brandId('InfrastructureId', status.infrastructure.id);
      const vmName = brandId('VmName', pickVm(status, vm).name);
      const endpoint = await platform.infrastructures.shell({ params: { infrastructureId, vmName } });
      process.exitCode = await openShell(endpoint, command);
    });
}
