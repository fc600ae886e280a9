import type { Command } from 'commander';
import { brandId } from '@trencadis/ids';
import { connectPlatform } from '../connect.ts';
import { type RunOptions, runPlan } from '../run-plan.ts';

export function addApplyCommand(program: Command): void {
  program
    .command('apply')
    .description('run a stored plan')
    .argument('<plan>', 'the id that "trencadis plan" printed')
    .option('--keep', 'on failure keep what was made instead of undoing it')
    .option('--json', 'for machines: one event a line')
    .action(async (text: string, options: RunOptions) => {
      await using platform = await connectPlatform();
      const plan = await platform.infrastructures.getPlan({ params: { planId: brandId('PlanId', text) } });
      await runPlan(platform.infrastructures, plan, options);
    });
}
