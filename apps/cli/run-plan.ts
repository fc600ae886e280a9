import { PlatformError } from '@trencadis/errors';
import type { InfrastructureClient, PlanView } from '@trencadis/infrastructure/client';
import { followEvents, showSteps } from './follow-steps.ts';

export interface RunOptions {
  readonly keep?: boolean;
  readonly json?: boolean;
}

/** Applies a stored plan and watches it to its end; anything but success is an error that says how it ended. */
export async function runPlan(
  client: InfrastructureClient,
  plan: PlanView,
  options: RunOptions,
): Promise<void> {
  const onFailure = options.keep === true ? 'keep' : 'undo';
  await client.apply({ params: { planId: plan.id }, body: { onFailure } });
  await watchPlan(client, plan, options);
}

/** Watches a plan that was started already. */
export async function watchPlan(
  client: InfrastructureClient,
  plan: PlanView,
  { json }: RunOptions,
): Promise<void> {
  if (json === true)
    await followEvents(client, plan, (event) => process.stdout.write(`${JSON.stringify(event)}\n`));
  else if (plan.steps.length > 0) await showSteps(client, plan);
  const { saga } = await client.planStatus({ params: { planId: plan.id } });
  if (saga !== 'succeeded')
    throw new PlatformError('conflict', `Plan ${plan.id} ${endings[saga]}`, { subject: plan.id });
}

const endings = {
  planned: 'was not started.',
  running: 'is still running; follow it with: trencadis logs.',
  undoing: 'is still being undone; follow it with: trencadis logs.',
  undone: 'failed, and everything it made was removed again. Mend the cause named above, then deploy again.',
  kept: 'stopped; what it made was kept, as asked. Deploy again to go on from there, or destroy it.',
  stuck: 'failed, and undoing it failed too. Mend the cause named above, then destroy to try again.',
} as const;
