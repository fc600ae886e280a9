import { brandId } from '@trencadis/ids';
import type { Command } from 'commander';
import { connectPlatform } from '../connect.ts';
import { pickVm, statusOf } from '../find-infrastructure.ts';

export function addConsoleCommand(program: Command): void {
  program
    .command('console')
    .description('the end of a VM’s console output')
    .argument('<name>', 'the infrastructure')
    .argument('[vm]', 'by name, a part of it, or number')
    .action(async (name: string, vm: string | undefined) => {
      await using platform = await connectPlatform();
      const status = await statusOf(platform.infrastructures, name);
      const infrastructureId = brandId('InfrastructureId', status.infrastructure.id);
      const vmName = brandId('VmName', pickVm(status, vm).name);
      const { text } = await platform.infrastructures.console({ params: { infrastructureId, vmName } });
      process.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
    });
}
