import { later } from '@trencadis/clock';
import { sha256OfJson } from '@trencadis/ids';
import { readServices } from '@trencadis/availability';
import { hasErrors, isSystemRepaired } from '@trencadis/radl';
import { applyPlan } from './apply-plan.ts';
import { deriveDrift, vmsToRepair } from './drift.ts';
import type { Infrastructure, Plan } from './model.ts';
import { planTarget } from './plan-change.ts';
import { prepare } from './prepare.ts';
import { brakedUntil } from './reconcile-brake.ts';
import {
  type LastPlan,
  type Look,
  type ReconcilerParts,
  noteOwnAct,
  reconcilerActor,
} from './reconciler-parts.ts';
import { targetOf, withTarget } from './target-of.ts';
import { readTarget } from './read-target.ts';

/** Ids of the systems whose VMs the document has brought back. A key of ours: in IM's dialect it has no effect. */
export function repairedSystemsOf(
  infrastructure: Pick<Infrastructure, 'radl' | 'dialect' | 'parameters' | 'replicas'>,
): ReadonlySet<string> {
  if (infrastructure.dialect === 'im') return new Set();
  const { document, diagnostics } = readTarget(infrastructure);
  if (hasErrors(diagnostics)) return new Set();
  // Replicas are kept as what they are: replaced, or made anew.
  const replicated = new Set(readServices(document).map(({ systemId }) => systemId));
  const repaired = document.systems.filter(({ id }) => !replicated.has(id)).filter(isSystemRepaired);
  return new Set(repaired.map(({ id }) => id));
}

export function isOwnRepair({ kind, createdBy }: Pick<Plan, 'kind' | 'createdBy'>): boolean {
  return kind === 'repair' && createdBy === reconcilerActor;
}

/**
 * Only what a plan has brought about is kept: what a person's plan failed to make, or was told to undo, is that
 * person's to decide on.
 */
export function isKept({ plan, saga }: LastPlan): boolean {
  return saga === 'succeeded' || isOwnRepair(plan);
}

/** Brings back the VMs of repaired systems that were lost or changed. Answers when to look again. */
export async function repair(
  parts: ReconcilerParts,
  look: Look,
  { saga }: LastPlan,
): Promise<Date | undefined> {
  const { infrastructure, intervalMs, signal } = look;
  const next = later(parts.world.clock.now(), intervalMs);
  const repairedSystems = repairedSystemsOf(infrastructure);
  if (repairedSystems.size === 0) return undefined;
  if (saga === 'stuck') return next;
  if (saga !== 'succeeded') {
    const braked = await brakedUntil(parts, infrastructure, isOwnRepair);
    if (braked && braked > parts.world.clock.now()) return braked;
  }
  const plan = await planRepair(parts, { infrastructure, repairedSystems }, signal);
  if (plan === undefined || plan.steps.length === 0) return next;
  await applyPlan(parts, { plan, infrastructure, onFailure: 'undo' }, signal);
  const because = plan.steps.map(({ title }) => title).join('; ');
  await noteOwnAct(parts, infrastructure, {
    actor: reconcilerActor,
    act: 'repair',
    planId: plan.id,
    because,
  });
  return later(parts.world.clock.now(), intervalMs);
}

interface RepairRequest {
  readonly infrastructure: Infrastructure;
  readonly repairedSystems: ReadonlySet<string>;
  /** Towards this, which is not the infrastructure's yet. */
  readonly target?: Plan['target'];
  readonly continues?: Plan['id'];
}

/** What brings the VMs of repaired systems back, and nothing else; `undefined`: nothing is lost, or nothing can be told. */
export async function planRepair(
  parts: ReconcilerParts,
  { infrastructure, repairedSystems, target = infrastructure, continues }: RepairRequest,
  signal: AbortSignal,
): Promise<Plan | undefined> {
  const { id, name } = infrastructure;
  const preparation = await prepare(parts, withTarget(infrastructure, target), signal);
  if (preparation.kind === 'problems') {
    const problems = preparation.diagnostics.map(({ message }) => message);
    parts.log.warn({ infrastructureId: id, name, problems }, 'what is deployed cannot be repaired');
    return undefined;
  }
  const { desired, observed } = preparation;
  const context = { infrastructure, repairedSystems, hash: sha256OfJson };
  const only = vmsToRepair(desired, deriveDrift(desired, observed, context), repairedSystems);
  if (only.size === 0) return undefined;
  const decided = { target: targetOf(target) };
  const planning = await planTarget(
    parts,
    {
      infrastructure,
      decided,
      kind: 'repair',
      actor: reconcilerActor,
      only,
      ...(continues ? { continues } : {}),
    },
    signal,
  );
  return planning.kind === 'planned' ? planning.plan : undefined;
}
