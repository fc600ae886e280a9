import { isPlatformError } from '@trencadis/errors';
import { type InfrastructureId, newSecretText } from '@trencadis/ids';
import type { Infrastructure, Plan, Planning } from '@trencadis/infrastructure';
import { type RadlDocument, textOf } from '@trencadis/radl';
import { refusalOf } from './apply-change.ts';
import { refuseUndriven } from './clouds.ts';
import { followMachines, fullVmm } from './follow-machines.ts';
import { ImRefusal } from './im-refusal.ts';
import { type ImRequest, cloudsOf } from './im-request.ts';
import type { ImApiParts } from './parts.ts';
import { describeProblems, readDocument } from './read-document.ts';

type Planned = Extract<Planning, { readonly kind: 'planned' }>;

/** Plans what a body asks for as a new infrastructure of the caller; not where there was no room before. */
export async function planNew(
  parts: ImApiParts,
  request: ImRequest,
  refusals: readonly string[] = [],
): Promise<Planned> {
  const { radl, document } = readDocument(request.body);
  refuseUndriven(deployedAt(document), await cloudsOf(parts, request));
  const planning = await planUnderFreeName(parts, request, { radl, name: nameOf(document), refusals });
  if (planning.kind === 'planned') return planning;
  throw new ImRefusal(400, describeProblems(planning.diagnostics));
}

export function deployedAt({ deploys }: RadlDocument): readonly string[] {
  return deploys.flatMap(({ cloudId }) => cloudId ?? []);
}

/**
 * Starts it, and unless `isAsync` lasts until its machines are there. Where there was no room the next VM manager is
 * tried; what fails leaves nothing behind.
 */
export async function createInfrastructure(
  parts: ImApiParts,
  request: ImRequest,
  { isAsync }: { readonly isAsync: boolean },
): Promise<Infrastructure> {
  const { caller, signal } = request;
  for (let refusals: readonly string[] = []; ;) {
    const planned = await planNew(parts, request, refusals);
    const { infrastructure, plan } = planned;
    await start(parts, planned, caller.owner);
    if (isAsync) return infrastructure;
    const failure = await followMachines(parts, plan, signal);
    if (failure === undefined) return infrastructure;
    await destroyWhole(parts, { id: infrastructure.id, actor: caller.owner }, signal);
    const full = fullVmm(plan, failure);
    if (full === undefined || refusals.includes(full)) throw refusalOf(failure);
    refusals = [...refusals, full];
  }
}

/** Also when the client has gone meanwhile: what is planned is begun or forgotten. */
async function start(
  { service }: ImApiParts,
  { infrastructure, plan }: Planned,
  actor: string,
): Promise<void> {
  try {
    await service.apply(plan.id, { onFailure: 'keep', actor }, AbortSignal.timeout(startMs));
  } catch (error) {
    await service.destroy(infrastructure.id, { actor }, AbortSignal.timeout(startMs));
    throw error;
  }
}

const startMs = 60_000;

/** Removes everything and lasts until it is gone; what does not go is told (400). */
export async function destroyWhole(
  parts: ImApiParts,
  { id, actor }: { readonly id: InfrastructureId; readonly actor: string },
  signal: AbortSignal,
): Promise<void> {
  const { service, sagas, statuses } = parts;
  const plan: Plan = await service.destroy(id, { actor }, signal);
  statuses.forget(id);
  const ending = await sagas.wait(plan.id, signal);
  statuses.forget(id);
  if (ending === 'succeeded') return;
  const events = await sagas.events(plan.id);
  const because = events.find(({ kind }) => kind === 'failed')?.text ?? `The plan ended as ${ending}.`;
  throw new ImRefusal(400, `Not everything could be deleted; delete it again. ${because}`);
}

/** The document's own name for it, as a label; one that is free when there is none. */
function nameOf({ description }: RadlDocument): string {
  const given = description && (textOf(description, 'name') ?? description.id);
  const label = (given ?? '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, longestName)
    .replaceAll(/^-+|-+$/g, '');
  return label === '' ? `im${suffix()}` : label;
}

/** What is left of 63 is for {@link suffix}. */
const longestName = 54;

function suffix(): string {
  return `-${newSecretText(8)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, '0')
    .slice(0, 8)}`;
}

/** IM makes another infrastructure each time; here names are unique for their owner. */
async function planUnderFreeName(
  { service }: ImApiParts,
  { caller, signal }: ImRequest,
  {
    radl,
    name,
    refusals,
  }: { readonly radl: string; readonly name: string; readonly refusals: readonly string[] },
): Promise<Planning> {
  const document = { radl, dialect: 'im', parameters: {} } as const;
  const order = { owner: caller.owner, document, mustBeNew: true, refusals };
  try {
    return await service.plan({ ...order, name }, signal);
  } catch (error) {
    if (!isPlatformError(error, 'already-exists')) throw error;
    return service.plan({ ...order, name: `${name}${suffix()}` }, signal);
  }
}
