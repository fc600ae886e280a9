import type { Command } from 'commander';
import { connectPlatform } from '../connect.ts';
import { withDocumentOptions } from '../document-options.ts';
import { type ApplyOptions, planAndApply, withApplyOptions } from '../plan-and-apply.ts';
import { type PlanOptions, planRequested } from '../plan-requested.ts';

export function addDeployCommand(program: Command): void {
  withApplyOptions(withDocumentOptions(program.command('deploy')))
    .description('plan a RADL document, show the plan, and apply it')
    .argument('[file]', 'a RADL document; not with --service')
    .action(async (file: string | undefined, options: PlanOptions & ApplyOptions) => {
      await using platform = await connectPlatform();
      await planAndApply(platform, await planRequested(platform, file, options), options);
    });
}
