import type { Command } from 'commander';
import { confirm } from '../confirm.ts';
import { connectPlatform } from '../connect.ts';
import { withDocumentOptions } from '../document-options.ts';
import { statusOf } from '../find-infrastructure.ts';
import { printPlan } from '../print-plan.ts';
import { printStatus } from '../print-status.ts';
import { type PlanOptions, planRequested } from '../plan-requested.ts';
import { type RunOptions, runPlan } from '../run-plan.ts';

interface Options extends PlanOptions, RunOptions {
  readonly yes?: boolean;
}

export function addDeployCommand(program: Command): void {
  withDocumentOptions(program.command('deploy'))
    .description('plan a RADL document, show the plan, and apply it')
    .argument('[file]', 'a RADL document; not with --service')
    .option('--yes', 'apply without asking')
    .option('--keep', 'on failure keep what was made instead of undoing it')
    .option('--json', 'for machines: the plan, then one event a line, then the status')
    .action(deploy);
}

async function deploy(file: string | undefined, options: Options): Promise<void> {
  await using platform = await connectPlatform();
  const client = platform.infrastructures;
  const { plan, infrastructure } = await planRequested(platform, file, options);
  process.stdout.write(options.json === true ? `${JSON.stringify(plan)}\n` : printPlan(plan));
  if (plan.steps.length > 0) await confirm('Apply this plan?', options);
  await runPlan(client, plan, options);
  const status = await statusOf(client, infrastructure.id);
  process.stdout.write(options.json === true ? `${JSON.stringify(status)}\n` : `\n${printStatus(status)}`);
}
