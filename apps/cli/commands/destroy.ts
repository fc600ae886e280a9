import type { Command } from 'commander';
import { confirm } from '../confirm.ts';
import { connectPlatform } from '../connect.ts';
import { findInfrastructure } from '../find-infrastructure.ts';
import { type RunOptions, watchPlan } from '../run-plan.ts';

interface Options extends Omit<RunOptions, 'keep'> {
  readonly yes?: boolean;
}

export function addDestroyCommand(program: Command): void {
  program
    .command('destroy')
    .description('stop what runs and remove everything of an infrastructure; persistent disks stay')
    .argument('<name>')
    .option('--yes', 'without asking')
    .option('--json', 'for machines: one event a line')
    .action(async (name: string, options: Options) => {
      await using platform = await connectPlatform();
      const infrastructure = await findInfrastructure(platform.infrastructures, name);
      if (!infrastructure) {
        process.stderr.write(`Nothing to destroy: there is no infrastructure '${name}'.\n`);
        return;
      }
      await confirm(`Destroy '${name}' with its VMs, networks and disks?`, options);
      const plan = await platform.infrastructures.destroy({
        params: { infrastructureId: infrastructure.id },
      });
      await watchPlan(platform.infrastructures, plan, options);
      if (options.json !== true) process.stdout.write(`Destroyed '${name}'.\n`);
    });
}
