import { type ChangeRequest, type Infrastructure, type Plan, accessOf } from '@trencadis/infrastructure';
import { printRadl } from '@trencadis/radl';
import { type ImAnswer, jsonAnswer, nothing, uriAnswer, uriListAnswer } from './answers.ts';
import { applyChange, carryOut, isRunning, refusalOf } from './apply-change.ts';
import { refuseUndriven } from './clouds.ts';
import { createInfrastructure, deployedAt, destroyWhole, planNew } from './create-infrastructure.ts';
import { documentOf } from './describe-vm.ts';
import { estimateOf } from './estimate.ts';
import { matchTexts } from './filter-documents.ts';
import { followMachines, machineStepsLeft } from './follow-machines.ts';
import { ImRefusal } from './im-refusal.ts';
import {
  type ImRequest,
  cloudsOf,
  infrastructureOf,
  infrastructureUri,
  nameOf,
  vmNamesOf,
  vmUri,
} from './im-request.ts';
import type { ImRoute } from './im-route.ts';
import type { ImApiParts } from './parts.ts';
import { readDocument } from './read-document.ts';

export const infrastructureRoutes: readonly ImRoute[] = [
  { method: 'GET', url: '/infrastructures', answer: listInfrastructures },
  { method: 'POST', url: '/infrastructures', answer: create },
  { method: 'GET', url: '/infrastructures/:infrastructure', answer: listVms },
  { method: 'POST', url: '/infrastructures/:infrastructure', answer: add },
  { method: 'DELETE', url: '/infrastructures/:infrastructure', answer: destroy },
  {
    method: 'PUT',
    url: '/infrastructures/:infrastructure/start',
    answer: (...call) => power('start', ...call),
  },
  {
    method: 'PUT',
    url: '/infrastructures/:infrastructure/stop',
    answer: (...call) => power('stop', ...call),
  },
  { method: 'PUT', url: '/infrastructures/:infrastructure/reconfigure', answer: reconfigure },
];

/** The caller's own and those shared with them, once they are begun or imported: also an administrator sees no others in this list. */
export async function visibleInfrastructures(
  { service }: ImApiParts,
  { caller }: Pick<ImRequest, 'caller'>,
): Promise<readonly Infrastructure[]> {
  const asUser = { ...caller, isAdmin: false };
  const all = await service.list(asUser);
  const isBegun = ({ activePlanId, members }: Infrastructure) =>
    activePlanId !== undefined || members.length > 0;
  return all.filter((each) => isBegun(each) && accessOf(each, asUser) !== undefined);
}

async function listInfrastructures(parts: ImApiParts, request: ImRequest): Promise<ImAnswer> {
  const all = await visibleInfrastructures(parts, request);
  const filter = request.query.text('filter');
  const matches =
    filter === undefined
      ? all.map(() => true)
      : matchTexts(
          filter,
          all.map((each) => printRadl(documentOf(each))),
        );
  return uriListAnswer(all.filter((_, at) => matches[at]).map(({ id }) => infrastructureUri(request, id)));
}

async function create(parts: ImApiParts, request: ImRequest): Promise<ImAnswer> {
  const isAsync = request.query.boolean('async', false);
  if (request.query.boolean('dry_run', false)) return estimate(parts, request);
  const { id } = await createInfrastructure(parts, request, { isAsync });
  return uriAnswer(infrastructureUri(request, id), { InfID: id });
}

/** Planned as a creation is, and forgotten. */
async function estimate(parts: ImApiParts, request: ImRequest): Promise<ImAnswer> {
  const { caller, signal } = request;
  const { infrastructure, plan } = await planNew(parts, request);
  const known = await parts.sites.list(caller);
  await destroyWhole(parts, { id: infrastructure.id, actor: caller.owner }, signal);
  const own = new Set(plan.placements.map(({ vmm }) => vmm));
  const clouds = known.filter(({ key }) => own.has(key));
  return jsonAnswer(estimateOf(plan, clouds));
}

async function listVms(parts: ImApiParts, request: ImRequest): Promise<ImAnswer> {
  const { id, members } = await infrastructureOf(parts, request, 'read');
  return uriListAnswer(members.map((member) => vmUri(request, id, member)));
}

async function add(parts: ImApiParts, request: ImRequest): Promise<ImAnswer> {
  const isContextualized = request.query.boolean('context', true);
  const { id, dialect, members } = await infrastructureOf(parts, request, 'change');
  const { radl, document } = readDocument(request.body);
  refuseUndriven(deployedAt(document), await cloudsOf(parts, request));
  const actor = request.caller.owner;
  const change: ChangeRequest = {
    kind: 'add',
    radl,
    dialect: dialect === 'paper' ? 'trencadis' : 'im',
    isContextualized,
  };
  const plan = await applyChange(parts, { id, request: change, actor }, request.signal);
  const before = await previousOrdinals(parts, plan.basedOn, members);
  const added = plan.target.members.filter(({ ordinal }) => !before.has(ordinal));
  const failure = await followMachines(parts, plan, request.signal);
  parts.statuses.forget(id);
  if (failure === undefined) return uriListAnswer(added.map((member) => vmUri(request, id, member)));
  const infrastructure = await parts.service.get(id);
  const vms = added.map((member) => nameOf(infrastructure, member));
  const removal: ChangeRequest = { kind: 'remove', vms, isContextualized };
  if (vms.length > 0) await carryOut(parts, { id, request: removal, actor }, request.signal);
  throw refusalOf(failure);
}

/** Of the members before a plan that builds on another; `imported`: those of an infrastructure that had no plan yet. */
async function previousOrdinals(
  { service }: ImApiParts,
  basedOn: Plan['basedOn'],
  imported: Infrastructure['members'],
): Promise<ReadonlySet<number>> {
  const members = basedOn === undefined ? imported : (await service.getPlan(basedOn)).target.members;
  return new Set(members.map(({ ordinal }) => ordinal));
}

async function destroy(parts: ImApiParts, request: ImRequest): Promise<ImAnswer> {
  const isForced = request.query.boolean('force', false);
  const isAsync = request.query.boolean('async', false);
  const infrastructure = await infrastructureOf(parts, request, 'change');
  await cloudsOf(parts, request);
  if (!isForced) await refuseWhileAdding(parts, infrastructure);
  const order = { id: infrastructure.id, actor: request.caller.owner };
  if (isAsync) {
    await parts.service.destroy(order.id, { actor: order.actor }, request.signal);
    parts.statuses.forget(order.id);
  } else await destroyWhole(parts, order, request.signal);
  return nothing;
}

/** While machines are being made: 409, unless it is forced. */
async function refuseWhileAdding(
  { service, sagas }: ImApiParts,
  { activePlanId, name }: Infrastructure,
): Promise<void> {
  if (activePlanId === undefined || !(await isRunning(sagas, activePlanId))) return;
  const plan = await service.getPlan(activePlanId);
  if (plan.kind !== 'deploy' && plan.kind !== 'add') return;
  if (machineStepsLeft(plan, await sagas.events(plan.id)).size === 0) return;
  const message = `Machines are being added to '${name}': delete it when they are there, or with force=yes at once.`;
  throw new ImRefusal(409, message);
}

async function power(kind: 'start' | 'stop', parts: ImApiParts, request: ImRequest): Promise<ImAnswer> {
  const { id } = await infrastructureOf(parts, request, 'change');
  await cloudsOf(parts, request);
  await carryOut(parts, { id, request: { kind }, actor: request.caller.owner }, request.signal);
  return nothing;
}

/** Begins to configure again and does not wait for its end, as IM. */
async function reconfigure(parts: ImApiParts, request: ImRequest): Promise<ImAnswer> {
  const infrastructure = await infrastructureOf(parts, request, 'change');
  const { radl } = readDocument(request.body);
  const vmList = request.query.text('vm_list');
  await cloudsOf(parts, request);
  const change: ChangeRequest = {
    kind: 'reconfigure',
    ...(vmList === undefined || vmList === '' ? {} : { vms: vmNamesOf(infrastructure, vmList) }),
    ...(radl === '' ? {} : { radl, dialect: infrastructure.dialect === 'paper' ? 'trencadis' : 'im' }),
  };
  const actor = request.caller.owner;
  await applyChange(parts, { id: infrastructure.id, request: change, actor }, request.signal);
  return nothing;
}
