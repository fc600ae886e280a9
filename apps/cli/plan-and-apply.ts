import { PlatformError } from '@trencadis/errors';
import { brandId } from '@trencadis/ids';
import type { Command } from 'commander';
import type { Platform } from './connect.ts';
import { confirm } from './confirm.ts';
import { printPlan } from './print-plan.ts';
import { printStatus } from './print-status.ts';
import type { Planned } from './read-document.ts';
import { type Watched, watchPlan } from './watch-plan.ts';

export interface ApplyOptions {
  /** Without asking. */
  readonly yes?: boolean;
  /** Only store and show the plan. */
  readonly planOnly?: boolean;
  /** On failure keep what was made. */
  readonly keep?: boolean;
  readonly json?: boolean;
}

/** Options of every command that changes an infrastructure. */
export function withApplyOptions(command: Command): Command {
  return command
    .option('--yes', 'apply without asking')
    .option('--plan-only', 'store and show the plan, and apply nothing')
    .option('--keep', 'on failure keep what was made instead of undoing it')
    .option('--json', 'for machines: the plan, then one event a line, then the status');
}

const mostVms = 15;

type Infrastructures = Pick<Platform, 'infrastructures'>;

/**
 * What every change goes through: the plan is shown, approved, applied and watched; then the status is shown. The plan
 * stays stored whatever the answer is.
 */
export async function planAndApply(
  { infrastructures: client }: Infrastructures,
  { plan, infrastructure }: Pick<Planned, 'plan' | 'infrastructure'>,
  options: ApplyOptions,
): Promise<Watched | 'planned'> {
  const { json = false, planOnly, keep } = options;
  process.stdout.write(json ? `${JSON.stringify(plan)}\n` : printPlan(plan));
  if (planOnly === true) {
    if (!json && !isEmpty(plan)) process.stdout.write(`\nApply it: trencadis apply ${plan.id}\n`);
    return 'planned';
  }
  if (plan.steps.length > 0) await approve(plan, options);
  const onFailure = keep === true ? 'keep' : 'undo';
  await client.apply({ params: { planId: brandId('PlanId', plan.id) }, body: { onFailure } });
  const watched = await watchPlan(client, plan, { json, name: infrastructure.name });
  if (watched === 'detached') return watched;
  const params = { infrastructureId: brandId('InfrastructureId', infrastructure.id) };
  const status = await client.status({ params, query: { fresh: 'true' } });
  process.stdout.write(json ? `${JSON.stringify(status)}\n` : `\n${printStatus(status, { mostVms })}`);
  return watched;
}

/** It may be about the lease alone. */
function isEmpty({ steps, expiresAt }: Planned['plan']): boolean {
  return steps.length === 0 && expiresAt === undefined;
}

async function approve({ id }: Planned['plan'], options: ApplyOptions): Promise<void> {
  if (options.yes !== true && !process.stdin.isTTY) {
    const message = `Nobody can be asked here, so plan ${id} is stored and not applied. Apply it with: trencadis apply ${id}; or give --yes next time.`;
    throw new PlatformError('invalid-argument', message, { subject: id });
  }
  await confirm('Apply this plan?', options);
}
