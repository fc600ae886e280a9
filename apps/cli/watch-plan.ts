import { pollUntil, systemClock } from '@trencadis/clock';
import { brandId } from '@trencadis/ids';
import type { InfrastructureClient, PlanStatusView, PlanView } from '@trencadis/infrastructure/client';
import { PlanFailed, exitCodes } from './exit-codes.ts';
import { followEvents } from './follow-events.ts';
import { printPlan } from './print-plan.ts';
import type { ShownWork } from './step-board.ts';
import { jsonLines, showSteps } from './show-steps.ts';

type SagaStatus = PlanStatusView['saga'];

const lookDeadlineMs = 60_000;

export interface WatchOptions {
  readonly json?: boolean;
  /** Name of the infrastructure, for what is said when the user stops watching. */
  readonly name: string;
  /** The ends that are what was asked for. Default: it succeeded. */
  readonly wanted?: readonly SagaStatus[];
}

export type Watched = 'ended' | 'detached';

/**
 * Shows a plan that was started until it ends as wanted; any other end is an error that says how it ended. Ctrl-C ends
 * only the watching.
 */
export async function watchPlan(
  client: InfrastructureClient,
  plan: PlanView,
  options: WatchOptions,
): Promise<Watched> {
  const { json, wanted = ['succeeded'] } = options;
  const ending = await untilInterrupted((signal) =>
    showUntilEnd(client, plan, { json: json === true, signal }),
  );
  if (ending === 'interrupted') {
    process.stderr.write(farewell(plan, options.name));
    process.exitCode = exitCodes.interrupted;
    return 'detached';
  }
  if (!wanted.includes(ending.saga))
    throw new PlanFailed(`Plan ${ending.plan.id} ${endings[ending.saga]}`, ending.plan.id);
  return 'ended';
}

interface Ending {
  readonly plan: PlanView;
  readonly saga: SagaStatus;
}

interface Showing {
  readonly json: boolean;
  readonly signal: AbortSignal;
}

/** A plan that found no room may go on as another one, elsewhere: then that one's end counts. */
async function showUntilEnd(
  client: InfrastructureClient,
  first: PlanView,
  showing: Showing,
): Promise<Ending> {
  for (let plan = first; ;) {
    if (plan.steps.length > 0) await show(client, plan, showing);
    const { saga, continuedBy } = await settledStatus(client, plan, showing);
    if (continuedBy === undefined) return { plan, saga };
    plan = await client.getPlan({ params: { planId: brandId('PlanId', continuedBy) } }, showing);
    announce(showing, `There was no room: plan ${plan.id} does the same elsewhere.`);
    if (!showing.json) process.stdout.write(printPlan(plan));
  }
}

/** Waits, where a plan found no room, until the platform knows whether there is another place. */
async function settledStatus(
  client: InfrastructureClient,
  { id }: PlanView,
  showing: Showing,
): Promise<PlanStatusView> {
  const input = { params: { planId: brandId('PlanId', id) } };
  let status = await client.planStatus(input, showing);
  if (status.mayContinue) announce(showing, 'There was no room; the platform looks for another place.');
  const options = { clock: systemClock, everyMs: 500, deadlineMs: lookDeadlineMs, signal: showing.signal };
  await pollUntil(async () => {
    if (status.mayContinue) status = await client.planStatus(input, showing);
    return status.mayContinue ? undefined : status;
  }, options);
  return status;
}

function announce({ json }: Showing, text: string): void {
  if (!json) process.stderr.write(`${text}\n`);
}

async function show(client: InfrastructureClient, plan: PlanView, { json, signal }: Showing): Promise<void> {
  const display = json ? jsonLines(process.stdout) : showSteps(shownWork(plan), process.stdout, systemClock);
  try {
    await followEvents(client, { plan, signal }, (event) => display.take(event));
  } finally {
    display.close();
  }
}

function shownWork({ kind, id, infrastructureId, steps }: PlanView): ShownWork {
  return { title: `${kind} ${id}`, infrastructureId, steps };
}

/** The first Ctrl-C aborts the signal; a second one ends the process. */
async function untilInterrupted<Answer>(
  act: (signal: AbortSignal) => Promise<Answer>,
): Promise<Answer | 'interrupted'> {
  const interruption = new AbortController();
  const interrupt = () => interruption.abort();
  process.once('SIGINT', interrupt);
  try {
    return await act(interruption.signal);
  } catch (error) {
    if (interruption.signal.aborted) return 'interrupted';
    throw error;
  } finally {
    process.off('SIGINT', interrupt);
  }
}

function farewell({ id }: PlanView, name: string): string {
  return `
No longer watching; plan ${id} goes on.
  trencadis logs ${name}     what it does
  trencadis apply ${id}     its live steps again
  trencadis cancel ${name}   stop it and undo what it did
`;
}

const endings: Readonly<Record<SagaStatus, string>> = {
  planned: 'was not started.',
  running: 'is still running; follow it with: trencadis logs.',
  succeeded: 'had succeeded before it could be stopped.',
  undoing: 'is still being undone; follow it with: trencadis logs.',
  undone: 'failed, and everything it made was removed again. Mend the cause named above, then try again.',
  kept: 'stopped; what it made was kept, as asked. Deploy again to go on from there, or destroy it.',
  stuck: 'failed, and undoing it failed too. Mend the cause named above, then: trencadis resume, or destroy.',
};
