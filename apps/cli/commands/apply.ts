import { brandId } from '@trencadis/ids';
import type { Command } from 'commander';
import { connectPlatform } from '../connect.ts';
import { planAndApply } from '../plan-and-apply.ts';
import { infrastructureOf } from '../find-infrastructure.ts';

interface Options {
  readonly keep?: boolean;
  readonly json?: boolean;
}

export function addApplyCommand(program: Command): void {
  program
    .command('apply')
    .description('run a stored plan; one that runs already is watched')
    .argument('<plan>', 'the id that "trencadis plan" printed')
    .option('--keep', 'on failure keep what was made instead of undoing it')
    .option('--json', 'for machines: the plan, then one event a line, then the status')
    .action(async (text: string, options: Options) => {
      await using platform = await connectPlatform();
      const client = platform.infrastructures;
      const plan = await client.getPlan({ params: { planId: brandId('PlanId', text) } });
      const infrastructure = await infrastructureOf(client, plan);
      await planAndApply(platform, { plan, infrastructure }, { ...options, yes: true });
    });
}
