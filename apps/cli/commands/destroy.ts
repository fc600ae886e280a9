import { brandId } from '@trencadis/ids';
import type { Command } from 'commander';
import { confirm } from '../confirm.ts';
import { connectPlatform } from '../connect.ts';
import { findInfrastructure } from '../find-infrastructure.ts';
import { printPlan } from '../print-plan.ts';
import { watchPlan } from '../watch-plan.ts';

interface Options {
  readonly yes?: boolean;
  readonly json?: boolean;
}

export function addDestroyCommand(program: Command): void {
  program
    .command('destroy')
    .description('stop what runs and remove everything of an infrastructure; persistent disks stay')
    .argument('<name>')
    .option('--yes', 'without asking')
    .option('--json', 'for machines: the plan, then one event a line')
    .action(async (name: string, options: Options) => {
      await using platform = await connectPlatform();
      const client = platform.infrastructures;
      const infrastructure = await findInfrastructure(client, name);
      if (!infrastructure) {
        process.stderr.write(`Nothing to destroy: there is no infrastructure '${name}'.\n`);
        return;
      }
      const { id, vmCount, vmms } = infrastructure;
      const at = vmms.length > 0 ? ` at ${vmms.join(', ')}` : '';
      await confirm(`Destroy '${name}' with its ${vmCount} VMs${at}, networks and disks?`, options);
      const params = { infrastructureId: brandId('InfrastructureId', id) };
      const plan = await client.destroy({ params });
      const json = options.json === true;
      process.stdout.write(json ? `${JSON.stringify(plan)}\n` : printPlan(plan));
      const watched = await watchPlan(client, plan, { json, name });
      if (watched === 'ended' && !json) process.stdout.write(`Destroyed '${name}'.\n`);
    });
}
