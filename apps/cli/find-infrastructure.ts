import { PlatformError } from '@trencadis/errors';
import { type PlanId, type VmName, brandId, parseId } from '@trencadis/ids';
import type {
  InfrastructureClient,
  InfrastructureView,
  ListedView,
  PlanView,
  StatusView,
} from '@trencadis/infrastructure/client';
import { shortName } from './summarize-plan.ts';

/** By name or id; `undefined` when there is none. */
export async function findInfrastructure(
  client: InfrastructureClient,
  name: string,
): Promise<ListedView | undefined> {
  const { infrastructures } = await client.list({});
  return infrastructures.find((each) => each.name === name || each.id === name);
}

export async function getInfrastructure(
  client: InfrastructureClient,
  name: string,
): Promise<InfrastructureView> {
  const found = await findInfrastructure(client, name);
  if (found) return found;
  throw new PlatformError(
    'not-found',
    `There is no infrastructure '${name}'; 'trencadis status' lists those there are.`,
    { subject: name },
  );
}

/** The one that a plan is of, also while it is being destroyed. */
export async function infrastructureOf(
  client: InfrastructureClient,
  { infrastructureId }: Pick<PlanView, 'infrastructureId'>,
): Promise<InfrastructureView> {
  const params = { infrastructureId: brandId('InfrastructureId', infrastructureId) };
  return (await client.status({ params, query: {} })).infrastructure;
}

export async function statusOf(client: InfrastructureClient, name: string): Promise<StatusView> {
  const { id } = await getInfrastructure(client, name);
  return client.status({ params: { infrastructureId: brandId('InfrastructureId', id) }, query: {} });
}

/** The plan itself, or the one that an infrastructure applied last. */
export async function findPlanId(client: InfrastructureClient, planOrName: string): Promise<PlanId> {
  const given = parseId('PlanId', planOrName);
  if (given !== undefined) return given;
  const { activePlanId } = await getInfrastructure(client, planOrName);
  if (activePlanId !== undefined) return brandId('PlanId', activePlanId);
  throw new PlatformError('not-found', `No plan of '${planOrName}' was applied yet.`, {
    subject: planOrName,
  });
}

type Vm = StatusView['vms'][number];

/** The one VM that is meant; with one VM in all, none need be given. */
export function pickVm(status: StatusView, given: string | undefined): Vm {
  const candidates = given === undefined ? status.vms : candidatesFor(status, given);
  const [vm] = candidates;
  if (vm && candidates.length === 1) return vm;
  const { infrastructure, vms } = status;
  const names = namesOf(given === undefined || candidates.length === 0 ? vms : candidates);
  const what =
    given === undefined ? 'Which VM' : `${candidates.length || 'No'} VMs match '${given}'. Which one`;
  throw new PlatformError('invalid-argument', `${what} of '${infrastructure.name}'? There are: ${names}.`, {
    subject: infrastructure.name,
  });
}

/** Names of those VMs, for a request; none given: `undefined`, which means all of them. */
export function pickVms(status: StatusView, given: readonly string[]): VmName[] | undefined {
  if (given.length === 0) return undefined;
  return given.map((each) => brandId('VmName', pickVm(status, each).name));
}

/** By its whole name, its number, its name without the infrastructure's id, its system, or a part of its name. */
function candidatesFor({ infrastructure, vms }: StatusView, given: string): readonly Vm[] {
  const ways: readonly ((vm: Vm) => boolean)[] = [
    ({ name }) => name === given,
    ({ ordinal }) => String(ordinal) === given,
    ({ name }) => shortName(name, infrastructure.id) === given,
    ({ systemId }) => systemId === given,
    ({ name }) => name.includes(given),
  ];
  for (const isMeant of ways) {
    const found = vms.filter(isMeant);
    if (found.length > 0) return found;
  }
  return [];
}

const mostNames = 20;

function namesOf(vms: readonly Vm[]): string {
  const names = vms.slice(0, mostNames).map(({ name, ordinal }) => `${name} (${ordinal})`);
  const more = vms.length > mostNames ? [`and ${vms.length - mostNames} more`] : [];
  return [...names, ...more].join(', ') || 'none';
}
