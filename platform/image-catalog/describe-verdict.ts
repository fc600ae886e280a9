import type { Operator, StandIn, Verdict } from './model.ts';
import { versionHolds } from './operator-holds.ts';
import type { Judgement } from './reading.ts';

/** Why the bound itself does not meet `>` or `<`, for those who meant `>=` or `<=`. */
export function describeStrictness(
  wanted: { readonly operator: Operator; readonly value: string },
  actual: string,
): string {
  const isStrict = wanted.operator === '>' || wanted.operator === '<';
  if (!isStrict || !versionHolds(actual, '=', wanted.value)) return '';
  return `: ${wanted.operator} is strict, ${wanted.operator}= would match`;
}

/** The verdict, said to be owed to that stand-in when there is one. */
export function standFor(verdict: Verdict, standIn: StandIn | undefined): Judgement {
  if (standIn === undefined) return { ...verdict, needsStandIn: false };
  return { ...verdict, because: `${verdict.because} (stood for by ${standIn.by})`, needsStandIn: true };
}
