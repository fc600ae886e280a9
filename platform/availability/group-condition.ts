import { cloudsOf } from './group-bounds.ts';
import type { GroupCondition, GroupState, ServiceSpec } from './model.ts';

export interface ConditionReport {
  readonly condition: GroupCondition;
  /** Of what is not `ok`. */
  readonly because?: string;
}

type ConditionState = Pick<GroupState, 'frozen' | 'launches' | 'setback' | 'roll'>;

/** How the group is, for a status: RS-05, RS-06 and RS-12. */
export function conditionOf(state: ConditionState, spec: ServiceSpec): ConditionReport {
  if (state.frozen !== undefined) return { condition: 'frozen', because: state.frozen.because };
  const because = launchTrouble(state, spec) ?? planTrouble(state, spec) ?? state.roll?.failed?.because;
  return because === undefined ? { condition: 'ok' } : { condition: 'degraded', because };
}

/** No VM manager is left at which a launch is likely to succeed. */
function launchTrouble({ launches }: ConditionState, spec: ServiceSpec): string | undefined {
  const failed = cloudsOf(spec).flatMap((cloud) => {
    const record = launches[cloud];
    const isOut =
      record !== undefined && (record.failures > spec.replicas.retries || record.fullUntil !== undefined);
    return isOut ? [cloud === '' ? record.because : `${cloud}: ${record.because}`] : [];
  });
  return failed.length < cloudsOf(spec).length ? undefined : `no launch succeeds: ${failed.join('; ')}`;
}

function planTrouble({ setback }: ConditionState, spec: ServiceSpec): string | undefined {
  return setback === undefined || setback.failures <= spec.replicas.retries ? undefined : setback.because;
}
