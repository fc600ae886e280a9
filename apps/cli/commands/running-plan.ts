import { pollUntil, systemClock } from '@trencadis/clock';
import { type PlanId, brandId } from '@trencadis/ids';
import type { EventView, InfrastructureClient } from '@trencadis/infrastructure/client';
import type { Command } from 'commander';
import { connectPlatform } from '../connect.ts';
import { findPlanId, infrastructureOf } from '../find-infrastructure.ts';
import { followEvents } from '../follow-events.ts';
import { printEvent } from '../print-event.ts';
import { type WatchOptions, watchPlan } from '../watch-plan.ts';

const silenceMs = 1_000;
const resumeMs = 5_000;

interface Json {
  readonly json?: boolean;
}

/** What can be done with a plan that was applied. */
export function addRunningPlanCommands(program: Command): void {
  program
    .command('cancel')
    .description('stop a running plan and undo what it did')
    .argument('<name|plan>', 'the infrastructure, or the plan')
    .option('--keep', 'keep what it did')
    .option('--json', 'for machines: one event a line')
    .action(cancel);
  program
    .command('resume')
    .description('go on with a plan that is stuck, once its cause is mended')
    .argument('<name|plan>', 'the infrastructure, or the plan')
    .option('--json', 'for machines: one event a line')
    .action(resume);
  program
    .command('events')
    .description('everything that a plan did so far')
    .argument('<name>', 'the infrastructure')
    .option('--plan <id>', 'of this plan instead of the last one')
    .option('--follow', 'and what it does from now on, until it ends')
    .option('--json', 'for machines: one event a line')
    .action(events);
}

async function cancel(planOrName: string, { keep, json }: Json & { readonly keep?: boolean }): Promise<void> {
  await using platform = await connectPlatform();
  const client = platform.infrastructures;
  const planId = await findPlanId(client, planOrName);
  await client.cancel({ params: { planId }, body: { mode: keep === true ? 'keep' : 'undo' } });
  const wanted = keep === true ? (['kept'] as const) : (['undone'] as const);
  await watch(client, planId, { ...(json === undefined ? {} : { json }), wanted });
}

async function resume(planOrName: string, { json }: Json): Promise<void> {
  await using platform = await connectPlatform();
  const client = platform.infrastructures;
  const planId = await findPlanId(client, planOrName);
  await client.resume({ params: { planId } });
  await pollUntil(
    async () => {
      const { saga } = await client.planStatus({ params: { planId } });
      return saga === 'stuck' ? undefined : saga;
    },
    { clock: systemClock, everyMs: 200, deadlineMs: resumeMs },
  );
  // What was stuck is an undo, as a rule.
  await watch(client, planId, {
    ...(json === undefined ? {} : { json }),
    wanted: ['undone', 'succeeded', 'kept'],
  });
}

async function watch(
  client: InfrastructureClient,
  planId: PlanId,
  options: Pick<WatchOptions, 'json' | 'wanted'>,
): Promise<void> {
  const plan = await client.getPlan({ params: { planId } });
  const { name } = await infrastructureOf(client, plan);
  const watched = await watchPlan(client, plan, { ...options, name });
  if (watched === 'ended' && options.json !== true) process.stdout.write(`Plan ${planId} has ended.\n`);
}

interface EventsOptions extends Json {
  readonly plan?: string;
  readonly follow?: boolean;
}

async function events(name: string, { plan: given, follow, json }: EventsOptions): Promise<void> {
  await using platform = await connectPlatform();
  const client = platform.infrastructures;
  const id = given === undefined ? await findPlanId(client, name) : brandId('PlanId', given);
  const print = (event: EventView) =>
    process.stdout.write(json === true ? `${JSON.stringify(event)}\n` : printEvent(event));
  if (follow === true) await followEvents(client, { plan: { id } }, print);
  else await storedEvents(client, id, print);
}

/** A stream of a running plan does not say where the past ends: a moment of silence does. */
async function storedEvents(
  client: InfrastructureClient,
  id: PlanId,
  print: (event: EventView) => void,
): Promise<void> {
  const silence = new AbortController();
  const timer = setTimeout(() => silence.abort(), silenceMs);
  try {
    await followEvents(client, { plan: { id }, signal: silence.signal }, (event) => {
      timer.refresh();
      print(event);
    });
  } catch (error) {
    if (!silence.signal.aborted) throw error;
  } finally {
    clearTimeout(timer);
  }
}
