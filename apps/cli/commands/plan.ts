import type { Command } from 'commander';
import { connectPlatform } from '../connect.ts';
import { withDocumentOptions } from '../document-options.ts';
import { planAndApply } from '../plan-and-apply.ts';
import { type PlanOptions, planRequested } from '../plan-requested.ts';

interface Options extends PlanOptions {
  readonly json?: boolean;
}

export function addPlanCommand(program: Command): void {
  withDocumentOptions(program.command('plan'))
    .description('show and store what deploying a RADL document would do')
    .argument('[file]', 'a RADL document; not with --service')
    .option('--json', 'for machines')
    .action(async (file: string | undefined, options: Options) => {
      await using platform = await connectPlatform();
      await planAndApply(platform, await planRequested(platform, file, options), {
        ...options,
        planOnly: true,
      });
    });
}
