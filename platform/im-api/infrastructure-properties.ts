import type { Caller } from '@trencadis/accounts';
import type { PlanId } from '@trencadis/ids';
import type { Infrastructure, Plan } from '@trencadis/infrastructure';
import { printRadl, translateDialect } from '@trencadis/radl';
import { z } from 'zod';
import { type ImAnswer, jsonAnswer, nothing, valueAnswer } from './answers.ts';
import { type ContextualizationMessages, composeMessages, printMessages } from './compose-messages.ts';
import { decideStates } from './decide-states.ts';
import { documentOf } from './describe-vm.ts';
import { ImRefusal } from './im-refusal.ts';
import { type ImRequest, infrastructureOf, nameOf } from './im-request.ts';
import type { ImRoute } from './im-route.ts';
import { knownStatus } from './known-status.ts';
import type { ImApiParts } from './parts.ts';
import { proofOf } from './read-credentials.ts';
import { ImAuthenticator } from './authenticate.ts';

export const infrastructurePropertyRoutes: readonly ImRoute[] = [
  { method: 'GET', url: '/infrastructures/:infrastructure/:property', answer: getProperty },
  { method: 'POST', url: '/infrastructures/:infrastructure/authorization', answer: changeOwner },
];

type Property = (
  parts: ImApiParts,
  request: ImRequest,
  infrastructure: Infrastructure,
) => ImAnswer | Promise<ImAnswer>;

const properties: ReadonlyMap<string, Property> = new Map<string, Property>([
  ['contmsg', contextualizationMessage],
  ['radl', (_parts, _request, infrastructure) => valueAnswer('radl', radlOf(infrastructure))],
  ['state', state],
  ['authorization', (_parts, _request, { owner }) => valueAnswer('authorization', owner)],
  ['tosca', () => notOfTosca('tosca')],
  ['outputs', () => notOfTosca('outputs')],
]);

async function getProperty(parts: ImApiParts, request: ImRequest): Promise<ImAnswer> {
  const name = request.params['property'] ?? '';
  const property = properties.get(name);
  if (property === undefined) {
    const known = [...properties.keys(), 'data'].join(', ');
    throw new ImRefusal(404, `An infrastructure has no property '${name}'; it has: ${known}.`);
  }
  return property(parts, request, await infrastructureOf(parts, request, 'read'));
}

function notOfTosca(name: string): never {
  throw new ImRefusal(
    403,
    `Only infrastructures made from TOSCA have '${name}'; this one is made from RADL.`,
  );
}

function radlOf(infrastructure: Infrastructure): string {
  return printRadl(translateDialect(documentOf(infrastructure), 'im'));
}

async function state(
  parts: ImApiParts,
  _request: ImRequest,
  infrastructure: Infrastructure,
): Promise<ImAnswer> {
  const states = decideStates(infrastructure, await knownStatus(parts, infrastructure));
  const value = { state: states.state, vm_states: Object.fromEntries(states.vms) };
  return jsonAnswer({ state: value });
}

async function contextualizationMessage(
  parts: ImApiParts,
  { query }: ImRequest,
  infrastructure: Infrastructure,
): Promise<ImAnswer> {
  const messages = await messagesOf(parts, infrastructure);
  if (query.boolean('headeronly', false)) return valueAnswer('contmsg', messages.header);
  const vms = infrastructure.members.map((member) => ({
    id: member.ordinal,
    name: nameOf(infrastructure, member),
  }));
  return valueAnswer('contmsg', printMessages(messages, vms));
}

/** Of the newest plan that configured something. */
export async function messagesOf(
  parts: ImApiParts,
  { id, activePlanId }: Infrastructure,
): Promise<ContextualizationMessages> {
  const { service, sagas } = parts;
  const none = { header: '', byVm: new Map<string, string>() };
  const active = await configuringPlan(parts, activePlanId);
  if (active !== undefined) return composeMessages(active, await sagas.events(active.id));
  for (const { id: planId, kind } of (await service.listPlans(id)).slice(0, maxPlansRead)) {
    if (!configuringKinds.has(kind)) continue;
    const plan = await configuringPlan(parts, planId);
    const events = plan === undefined ? [] : await sagas.events(planId);
    if (plan !== undefined && events.length > 0) return composeMessages(plan, events);
  }
  return none;
}

/** Of those that did something else since. */
const maxPlansRead = 20;

const configuringKinds = new Set<Plan['kind']>([
  'deploy',
  'add',
  'remove',
  'alter',
  'start',
  'reconfigure',
  'repair',
]);

async function configuringPlan(
  { service }: ImApiParts,
  planId: PlanId | undefined,
): Promise<Plan | undefined> {
  const plan = planId === undefined ? undefined : await service.getPlan(planId);
  return plan?.steps.some(({ kind }) => kind.startsWith('configure-vm@')) === true ? plan : undefined;
}

const newOwnerSchema = z.union([
  z.object({ token: z.string().min(1) }),
  z.object({ username: z.string().min(1), password: z.string() }),
]);

/** Gives it to whom the credentials of the body prove. */
async function changeOwner(parts: ImApiParts, request: ImRequest): Promise<ImAnswer> {
  const { query, body, caller, requestId } = request;
  const isOverwritten = query.boolean('overwrite', false);
  const infrastructure = await infrastructureOf(parts, request, 'own');
  const given = newOwnerSchema.safeParse(jsonOf(body.text));
  if (!given.success) throw new ImRefusal(400, 'The body is not {"username", "password"} or {"token"}.');
  if (!isOverwritten) {
    const message =
      'An infrastructure has one owner here: give overwrite=true to make them the owner, or share it with a group at /api/infrastructures.';
    throw new ImRefusal(400, message);
  }
  const next = await ownerProvenBy(parts, given.data, requestId);
  await refuseUnreachable(parts, infrastructure, next);
  const { owner } = next;
  await parts.service.changeTerms(infrastructure.id, { owner, actor: caller.owner });
  parts.statuses.forget(infrastructure.id);
  return nothing;
}

/** What proves nobody is a fault of the body, not of the call. */
async function ownerProvenBy(
  parts: ImApiParts,
  given: z.output<typeof newOwnerSchema>,
  requestId: string,
): Promise<Caller> {
  try {
    return await new ImAuthenticator(parts).authenticate(proofOf(given), requestId);
  } catch (error) {
    if (error instanceof ImRefusal && error.status === 401)
      throw new ImRefusal(400, 'The credentials of the body prove nobody here.');
    throw error;
  }
}

/** Whoever may not use the VM managers where it is could do nothing with it. */
async function refuseUnreachable(
  { sites }: ImApiParts,
  { vmms }: Infrastructure,
  { owner, groups }: Caller,
): Promise<void> {
  const offered = new Set((await sites.offeredTo({ owner, groups })).map(({ key }) => key));
  const missing = vmms.filter((key) => !offered.has(key));
  if (missing.length === 0) return;
  const message = `${owner} may not use ${missing.join(', ')}, where machines of it are: share that cloud with a group of theirs first.`;
  throw new ImRefusal(400, message);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
