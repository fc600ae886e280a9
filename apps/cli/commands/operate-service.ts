import { PlatformError } from '@trencadis/errors';
import { brandId } from '@trencadis/ids';
import type { ServiceControlClient, ServiceStatusView } from '@trencadis/service-controller/client';
import { type Command, Option } from 'commander';
import { awaitService } from '../await-service.ts';
import { type Platform, connectPlatform } from '../connect.ts';
import { type ServiceParams, type WhichService, chooseReplicas } from '../find-service.ts';
import { printServiceStatus } from '../print-deployed-service.ts';
import { watchPlan } from '../watch-plan.ts';
import { type Json, aboutService, serviceParams } from './deployed-service.ts';

const processNames = ['launch', 'terminate', 'replace', 'scale', 'schedule'] as const;
type Process = (typeof processNames)[number];

interface ChangeOptions extends Json, WhichService {
  readonly wait?: boolean;
  readonly timeout: string;
}

/** What an operator changes of services that run; deploying its document again changes what it is. */
export function addOperatingCommands(service: Command): void {
  addSizeCommands(service);
  addReplicaCommands(service);
  addReportCommands(service);
  addRollCommands(service);
}

function changing(command: Command): Command {
  return aboutService(command)
    .option('--wait', 'until it is as it shall be, and show what happens meanwhile')
    .addOption(new Option('--timeout <seconds>', 'with --wait: not longer').default('1800'))
    .option('--json', 'for machines: the status');
}

function addSizeCommands(service: Command): void {
  changing(service.command('scale'))
    .description('change how many replicas there shall be, or between how many')
    .argument('[replicas]', 'so many from now on, until a policy or schedule says otherwise')
    .option('--min <count>', 'never fewer, instead of what the document says')
    .option('--max <count>', 'never more, instead of what the document says')
    .option('--document-bounds', 'the bounds are the document’s again')
    .option('--force', 'also outside of the bounds, which follow')
    .action(scale);
  for (const verb of ['suspend', 'resume'] as const)
    changing(service.command(verb))
      .description(
        verb === 'suspend'
          ? `stand still: ${processNames.join(', ')}, or only some of them`
          : 'go on with what was suspended, or some of it',
      )
      .argument('[process...]', processNames.join(', '))
      .action(async (name: string, processes: readonly string[], options: ChangeOptions) => {
        const body = { processes: processes.map(processOf) };
        await change(name, options, (client, params) =>
          verb === 'suspend'
            ? client.suspendService({ params, body })
            : client.resumeService({ params, body }),
        );
      });
  changing(service.command('thaw'))
    .description('go on with replacements that were frozen as too many replicas had failed at once')
    .action((name: string, options: ChangeOptions) =>
      change(name, options, (client, params) => client.thawService({ params })),
    );
}

interface ScaleOptions extends ChangeOptions {
  readonly min?: string;
  readonly max?: string;
  readonly documentBounds?: boolean;
  readonly force?: boolean;
}

async function scale(name: string, replicas: string | undefined, options: ScaleOptions): Promise<void> {
  const { min, max, documentBounds: resetsBounds = false, force: isForced = false } = options;
  if (replicas === undefined && min === undefined && max === undefined && !resetsBounds) {
    const message = `Say how many replicas: trencadis service scale ${name} COUNT, or --min or --max.`;
    throw new PlatformError('invalid-argument', message, { subject: name });
  }
  const body = {
    ...(replicas === undefined ? {} : { desired: countOf(replicas) }),
    ...(min === undefined ? {} : { min: countOf(min) }),
    ...(max === undefined ? {} : { max: countOf(max) }),
    resetsBounds,
    isForced,
  };
  await change(name, options, (client, params) => client.scaleService({ params, body }));
}

function addReplicaCommands(service: Command): void {
  changing(service.command('protect'))
    .description('keep replicas from being chosen when there are too many')
    .argument('<replica...>', 'by name or number')
    .option('--off', 'no longer')
    .action((name: string, replicas: readonly string[], options: ChangeOptions & Off) =>
      change(name, options, async (client, params) => {
        const vms = chooseReplicas(await client.serviceStatus({ params }), replicas);
        return client.protectReplicas({ params, body: { vms: [...vms], isProtected: options.off !== true } });
      }),
    );
  changing(service.command('standby'))
    .description('take replicas out of service without ending them; others are launched in their place')
    .argument('<replica...>', 'by name or number')
    .option('--off', 'bring them back')
    .action((name: string, replicas: readonly string[], options: ChangeOptions & Off) =>
      change(name, options, async (client, params) => {
        const vms = chooseReplicas(await client.serviceStatus({ params }), replicas);
        return client.standByReplicas({ params, body: { vms: [...vms], isStandby: options.off !== true } });
      }),
    );
}

/** What replicas say of themselves. */
function addReportCommands(service: Command): void {
  aboutService(service.command('token'))
    .description('print a token with which replicas push figures, beat and signal hooks, and do nothing else')
    .addOption(new Option('--days <count>', 'it is good for so long').default('90'))
    .option('--json', 'for machines, with when it expires')
    .action(issueToken);
  aboutService(service.command('signal'))
    .description('tell a life-cycle hook that waits on a replica how it goes on')
    .argument('<replica>', 'by name or number')
    .argument('<verdict>', 'continue, abandon, or heartbeat: it takes longer')
    .action(signal);
}

interface Off {
  readonly off?: boolean;
}

async function issueToken(
  name: string,
  options: WhichService & Json & { readonly days: string },
): Promise<void> {
  await using platform = await connectPlatform();
  const params = await serviceParams(platform, name, options);
  const body = { expiresInDays: countOf(options.days) };
  const issued = await platform.deployed.issueServiceToken({ params, body });
  process.stdout.write(`${options.json === true ? JSON.stringify(issued) : issued.token}\n`);
}

async function signal(name: string, replica: string, verdict: string, which: WhichService): Promise<void> {
  if (verdict !== 'continue' && verdict !== 'abandon' && verdict !== 'heartbeat') {
    const message = `'${verdict}' says nothing to a hook: say continue, abandon or heartbeat.`;
    throw new PlatformError('invalid-argument', message, { subject: verdict });
  }
  await using platform = await connectPlatform();
  const params = await serviceParams(platform, name, which);
  const [vmName] = chooseReplicas(await platform.deployed.serviceStatus({ params }), [replica]);
  if (vmName === undefined) return;
  await platform.deployed.signalHook({ params: { ...params, vmName }, body: { verdict } });
}

interface RollOptions extends ChangeOptions {
  readonly refresh?: boolean;
  readonly pause?: boolean;
  readonly resume?: boolean;
}

function addRollCommands(service: Command): void {
  changing(service.command('roll'))
    .description('a rolling update: batches of replicas are brought to what the document says')
    .option('--refresh', 'all of them, outdated or not')
    .option('--pause', 'stop after the batch that runs')
    .option('--resume', 'go on after a pause or a failure')
    .action((name: string, options: RollOptions) => {
      const act = rollActOf(options);
      return change(name, options, (client, params) => client.rollService({ params, body: { act } }));
    });
  changing(service.command('rollback'))
    .description('go back to the document of before, and roll replicas to it')
    .action(rollBack);
}

function rollActOf(options: RollOptions): 'start' | 'refresh' | 'pause' | 'resume' {
  const acts = (['refresh', 'pause', 'resume'] as const).filter((act) => options[act] === true);
  if (acts.length > 1)
    throw new PlatformError('invalid-argument', 'Give one of --refresh, --pause and --resume, not several.');
  return acts[0] ?? 'start';
}

async function rollBack(name: string, options: ChangeOptions): Promise<void> {
  await using platform = await connectPlatform();
  const params = await serviceParams(platform, name, options);
  const { planId } = await platform.deployed.rollBackService({ params });
  if (planId === undefined) {
    process.stdout.write(options.json === true ? '{}\n' : 'Nothing to do: the document is as before.\n');
    return;
  }
  const plan = await platform.infrastructures.getPlan({ params: { planId: brandId('PlanId', planId) } });
  const json = options.json === true;
  if ((await watchPlan(platform.infrastructures, plan, { json, name })) === 'detached') return;
  await show(platform, params, await platform.deployed.serviceStatus({ params }), options);
}

type Change = (client: ServiceControlClient, params: ServiceParams) => Promise<ServiceStatusView>;

async function change(name: string, options: ChangeOptions, act: Change): Promise<void> {
  await using platform = await connectPlatform();
  const params = await serviceParams(platform, name, options);
  await show(platform, params, await act(platform.deployed, params), options);
}

async function show(
  { deployed }: Platform,
  params: ServiceParams,
  status: ServiceStatusView,
  { wait = false, timeout, json = false }: ChangeOptions,
): Promise<void> {
  const timeoutMs = countOf(timeout) * 1000;
  const shown = wait ? await awaitService(deployed, params, { json, timeoutMs }) : status;
  process.stdout.write(json ? `${JSON.stringify(shown)}\n` : printServiceStatus(shown));
}

function countOf(text: string): number {
  const count = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(count)) return count;
  throw new PlatformError('invalid-argument', `'${text}' is not a whole number.`, { subject: text });
}

function processOf(text: string): Process {
  const found = processNames.find((each) => each === text);
  if (found !== undefined) return found;
  const message = `'${text}' cannot be suspended: ${processNames.join(', ')} can.`;
  throw new PlatformError('invalid-argument', message, { subject: text });
}
