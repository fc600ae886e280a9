import { brandId } from '@trencadis/ids';
import type { InfrastructureClient, PlanView } from '@trencadis/infrastructure/client';
import type { Command } from 'commander';
import { confirm } from '../confirm.ts';
import { connectPlatform } from '../connect.ts';
import { findInfrastructure } from '../find-infrastructure.ts';
import { printPlan } from '../print-plan.ts';
import { requestChange } from '../request-change.ts';
import { watchPlan } from '../watch-plan.ts';

interface Options {
  readonly yes?: boolean;
  readonly planOnly?: boolean;
  readonly json?: boolean;
}

export function addDestroyCommand(program: Command): void {
  program
    .command('destroy')
    .description('stop what runs and remove everything of an infrastructure; persistent disks stay')
    .argument('<name>')
    .option('--yes', 'without asking')
    .option('--plan-only', 'store and show the plan, and remove nothing')
    .option('--json', 'for machines: the plan, then one event a line')
    .action(destroy);
}

async function destroy(name: string, options: Options): Promise<void> {
  await using platform = await connectPlatform();
  const client = platform.infrastructures;
  const infrastructure = await findInfrastructure(client, name);
  if (!infrastructure) {
    process.stderr.write(`Nothing to destroy: there is no infrastructure '${name}'.\n`);
    return;
  }
  // What is under way is stopped by destroying at once; a plan would have to wait for its end.
  const isBusy = ['deploying', 'destroying'].includes(infrastructure.phase);
  const plan = isBusy
    ? await destroyAtOnce(client, infrastructure, options)
    : await destroyAsPlanned(client, infrastructure, options);
  if (plan === undefined) return;
  const json = options.json === true;
  const watched = await watchPlan(client, plan, { json, name });
  if (watched === 'ended' && !json) process.stdout.write(`Destroyed '${name}'.\n`);
}

type Listed = NonNullable<Awaited<ReturnType<typeof findInfrastructure>>>;

async function destroyAtOnce(
  client: InfrastructureClient,
  { id, name, vmCount, vmms }: Listed,
  options: Options,
): Promise<PlanView> {
  const at = vmms.length > 0 ? ` at ${vmms.join(', ')}` : '';
  await confirm(
    `Stop what runs and destroy '${name}' with its ${vmCount} VMs${at}, networks and disks?`,
    options,
  );
  const plan = await client.destroy({ params: { infrastructureId: brandId('InfrastructureId', id) } });
  show(plan, options);
  return plan;
}

/** `undefined`: it was only to be shown. */
async function destroyAsPlanned(
  client: InfrastructureClient,
  infrastructure: Listed,
  options: Options,
): Promise<PlanView | undefined> {
  const { plan } = await requestChange(client, infrastructure, { kind: 'destroy' });
  show(plan, options);
  if (options.planOnly === true) {
    if (options.json !== true) process.stdout.write(`\nApply it: trencadis apply ${plan.id}\n`);
    return undefined;
  }
  await confirm(`Destroy '${infrastructure.name}'?`, options);
  await client.apply({ params: { planId: brandId('PlanId', plan.id) }, body: {} });
  return plan;
}

function show(plan: PlanView, { json }: Options): void {
  process.stdout.write(json === true ? `${JSON.stringify(plan)}\n` : printPlan(plan));
}
