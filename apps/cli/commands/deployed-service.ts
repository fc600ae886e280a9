import { PlatformError } from '@trencadis/errors';
import type { EvaluationView, ServiceStatusView } from '@trencadis/service-controller/client';
import { systemClock } from '@trencadis/clock';
import { type Command, Option } from 'commander';
import { type Platform, connectPlatform } from '../connect.ts';
import { exitCodes } from '../exit-codes.ts';
import { type ServiceParams, type WhichService, findService, paramsOf } from '../find-service.ts';
import { printEvaluation, printServiceEvent, printServiceStatus } from '../print-deployed-service.ts';
import type { ReplayOptions } from '../replay-trace.ts';
import { redraw } from '../redraw.ts';

export interface Json {
  readonly json?: boolean;
}

/** The argument and option of every command about one deployed service. */
export function aboutService(command: Command): Command {
  return command
    .argument('<deployed>', 'SERVICE, or INFRASTRUCTURE/SERVICE')
    .option('--infrastructure <name>', 'of which infrastructure, where several have a service of that name');
}

/** Its place in the API. */
export async function serviceParams(
  { deployed }: Platform,
  name: string,
  which: WhichService,
): Promise<ServiceParams> {
  return paramsOf(await findService(deployed, name, which));
}

/** What is seen of services that run. */
export function addDeployedServiceCommands(service: Command): void {
  aboutService(service.command('status'))
    .description('a deployed service: its replicas, where it is reached, what goes on, what was decided last')
    .option('--watch', 'shows it again when it changes')
    .option('--json', 'for machines')
    .action(showStatus);
  aboutService(service.command('explain'))
    .description('why it was decided so: each verdict with the rules and figures that led to it')
    .addOption(new Option('--last <count>', 'so many evaluations, the newest last').default('10'))
    .option('--all', 'also those that changed nothing')
    .option('--json', 'one a line with all that it was decided on, as service replay takes it')
    .action(explain);
  aboutService(service.command('events'))
    .description('what happened to a deployed service')
    .addOption(new Option('--last <count>', 'so many of what is past').default('50'))
    .option('--follow', 'and what happens from now on')
    .option('--json', 'for machines: one event a line')
    .action(showEvents);
  service
    .command('replay')
    .description(
      'decide again on a recorded or written trace; needs no platform; ends with 2 when it differs',
    )
    .argument('<trace>', 'JSON lines, as of service explain --json; - is standard input')
    .option('--radl <file>', 'decide as the service of this document would')
    .option('--service <id>', 'with --radl: which of its services')
    .option('--all', 'also show what changed nothing')
    .option('--json', 'for machines: one evaluation a line')
    .action(replay);
}

type StatusOptions = Json & WhichService & { readonly watch?: boolean };

async function showStatus(name: string, options: StatusOptions): Promise<void> {
  await using platform = await connectPlatform();
  const params = await serviceParams(platform, name, options);
  let last = '';
  for (;;) {
    const status = await platform.deployed.serviceStatus({ params });
    const { seenAt: _, ...lasting } = status;
    const seen = JSON.stringify(lasting);
    if (seen !== last) write(status, options);
    last = seen;
    if (options.watch !== true) return;
    await systemClock.sleep(1_000);
  }
}

function write(status: ServiceStatusView, { json, watch }: StatusOptions): void {
  const text = json === true ? `${JSON.stringify(status)}\n` : printServiceStatus(status);
  if (watch === true && json !== true && process.stdout.isTTY) redraw(text, process.stdout);
  else process.stdout.write(text);
}

interface ExplainOptions extends Json, WhichService {
  readonly last: string;
  readonly all?: boolean;
}

async function explain(
  name: string,
  { last, all = false, json = false, ...which }: ExplainOptions,
): Promise<void> {
  await using platform = await connectPlatform();
  const params = await serviceParams(platform, name, which);
  const query = { limit: last, decisions: String(!all), snapshots: String(json) };
  const { evaluations } = await platform.deployed.listEvaluations({ params, query });
  const oldestFirst = evaluations.toReversed();
  if (json) process.stdout.write(await traceOf(name, oldestFirst));
  else if (oldestFirst.length > 0) process.stdout.write(oldestFirst.map(printEvaluation).join(''));
  else process.stdout.write('Nothing was decided yet; --all shows what was only judged.\n');
}

type Listed = Omit<EvaluationView, 'snapshot'> & { readonly snapshot?: unknown };

async function traceOf(name: string, evaluations: readonly Listed[]): Promise<string> {
  if (evaluations.some(({ snapshot }) => snapshot === undefined)) {
    const message = `'${name}' is kept by its VM manager's own engine, which tells nothing that could be decided on again: leave --json out.`;
    throw new PlatformError('unsupported', message, { subject: name });
  }
  const { writeTrace } = await import('@trencadis/availability');
  type Recorded = Parameters<typeof writeTrace>[0][number];
  const recorded = evaluations.map(({ desiredBefore, desiredAfter, verdict, findings, ...rest }) => {
    const snapshot = rest.snapshot as Recorded['snapshot'];
    const evaluation = { at: snapshot.now, desiredBefore, desiredAfter, verdict, findings };
    return { ...evaluation, snapshot };
  });
  return writeTrace(recorded);
}

interface EventsOptions extends Json, WhichService {
  readonly last: string;
  readonly follow?: boolean;
}

async function showEvents(
  name: string,
  { last, follow = false, json = false, ...which }: EventsOptions,
): Promise<void> {
  await using platform = await connectPlatform();
  const params = await serviceParams(platform, name, which);
  const query = { last, follow: String(follow) };
  for await (const event of platform.deployed.followServiceEvents({ params, query }))
    process.stdout.write(json ? `${JSON.stringify(event)}\n` : printServiceEvent(event));
}

async function replay(trace: string, options: ReplayOptions): Promise<void> {
  // Here, as it brings the language with it, which no other command of services needs.
  const { replayFile } = await import('../replay-trace.ts');
  const { text, hasDifferences } = await replayFile(trace, options);
  process.stdout.write(text);
  if (hasDifferences) process.exitCode = exitCodes.usage;
}
