import { sha256OfJson } from '@trencadis/ids';
import { type DescriptionParts, lookAt } from './describe.ts';
import { asDesiredCondition } from './derive-status.ts';
import type { Drift } from './drift.ts';
import { knownDrift } from './known-drift.ts';
import type { Condition, Infrastructure } from './model.ts';
import { repairedSystemsOf } from './reconcile-repair.ts';

/**
 * Whether all is as the document says, and what is not. While a plan runs, before one was applied, and at VM managers
 * that cannot be asked: unknown.
 */
export interface DriftReport {
  readonly condition: Condition;
  readonly drift: readonly Drift[];
}

/** What `trencadis drift` shows. */
export async function describeDrift(
  parts: DescriptionParts,
  infrastructure: Infrastructure,
  signal: AbortSignal,
): Promise<DriftReport> {
  const { preparation, lastPlan } = await lookAt(parts, infrastructure, signal);
  const hash = sha256OfJson;
  if (preparation?.kind !== 'prepared') {
    const reason = preparation ? `NotResolvable: ${preparation.diagnostics[0]?.message}` : 'Destroying';
    return { condition: { type: 'AsDesired', status: 'unknown', reason }, drift: [] };
  }
  const { desired, observed } = preparation;
  const condition = asDesiredCondition({ infrastructure, desired, observed, lastPlan, hash });
  if (condition.status !== 'false') return { condition, drift: [] };
  const repairedSystems = repairedSystemsOf(infrastructure);
  return { condition, drift: knownDrift(desired, observed, { infrastructure, repairedSystems, hash }) };
}
