import { type VmName, brandId } from '@trencadis/ids';
import type { ChangeRequest } from '@trencadis/infrastructure';
import { leapingClock } from './leaping-clock.ts';
import { deployOf } from './plan-key-server.ts';
import { type SagaCase, sagaOf } from './saga-worlds.ts';
import { serviceDocument } from './service-document.ts';

export function replica(number: number): VmName {
  return brandId('VmName', `inf-keyserv1-gt4-java-ant-${number}`);
}

/** So many replicas of {@link serviceDocument}'s service. */
export function scaleTo(
  count: number,
  changes: Partial<ChangeRequest & { kind: 'scale' }> = {},
): ChangeRequest {
  const nothing = { retire: [], recreate: [], order: 'launch-first' } as const;
  return { kind: 'scale', serviceId: 'keys', counts: { '': count }, ...nothing, ...changes };
}

export const deployed = deployOf(serviceDocument());
/** What configures its replicas is another recipe. */
export const changed = deployOf(
  serviceDocument({ recipe: "add_user {'trencadis': }\n  add_user {'other': }" }),
);

/** The plan of a change after those, where time passes as quickly as it is asked for. */
export function serviceSaga(change: ChangeRequest, ...after: readonly ChangeRequest[]): Promise<SagaCase> {
  return sagaOf(change, { after, manners: () => ({ clock: leapingClock() }) });
}

/** Ids of the steps of a plan without what all of them share, each after whatever it waits for. */
export function orderOf({ graph }: SagaCase): (before: string, after: string) => boolean {
  const steps = new Map(graph.steps.map(({ id, after }) => [short(id), after.map(short)]));
  const waitsFor = (id: string, other: string): boolean =>
    (steps.get(id) ?? []).some((each) => each === other || waitsFor(each, other));
  return (before, after) => {
    if (!steps.has(before) || !steps.has(after)) throw new Error(`No ${before} or ${after} in the plan.`);
    return waitsFor(after, before);
  };
}

export function short(id: string): string {
  return id
    .replaceAll(/inf-keyserv1-|@memory|:keys|:1:puppet/g, '')
    .replaceAll('gt4-java-ant-', '')
    .replaceAll('backend-postgresql-1', 'database');
}
