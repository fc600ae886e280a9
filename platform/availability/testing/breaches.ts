import { brakeOf, surgeOf } from '../group-bounds.ts';
import type { GroupAction, ReplicaRecord, ReplicaView } from '../model.ts';
import type { SimulatedTick } from './simulated-group.ts';

/** What a decision breaks of the invariants at the end of the specification's section 2; empty: nothing. */
export function breachesOf({ snapshot, decision }: SimulatedTick): readonly string[] {
  const { state, action } = decision;
  const { min, max } = state.bounds ?? snapshot.spec.replicas;
  const breaches: string[] = [];
  if (state.desired < min || state.desired > max) breaches.push(`desired ${state.desired}`);
  if (action === undefined) return breaches;
  if (snapshot.isPlanRunning) breaches.push('an action beside a running plan');
  if (action.kind === 'roll') return breaches;
  return [
    ...breaches,
    ...retirementBreaches({ snapshot, decision }, action),
    ...standbyBreaches({ snapshot, decision }, action),
    ...sizeBreaches(snapshot.replicas, action),
  ].concat(surgeBreaches({ snapshot, decision }, action));
}

type Change = Extract<GroupAction, { kind: 'change' }>;

function isOff({ vm }: ReplicaView): boolean {
  return vm === 'absent' || vm === 'stopped' || vm === 'failed';
}

function retirementBreaches({ snapshot, decision }: SimulatedTick, { retire, recreate }: Change): string[] {
  const breaches: string[] = [];
  const leaving = snapshot.replicas.filter(({ name }) => [...retire, ...recreate].includes(name));
  for (const view of leaving) {
    const record = decision.state.replicas[view.name];
    if (view.vm === 'unknown') breaches.push(`${view.name} is unknown and retired`);
    if (record?.isProtected === true && isWell(view, record))
      breaches.push(`${view.name} is protected and chosen`);
    if (record?.isStandby === true) breaches.push(`${view.name} stands by and is retired`);
  }
  const braked = leaving.filter((view) => isReplacedByChecks({ snapshot, decision }, view)).length;
  const { desired } = decision.state;
  if (liveOf({ snapshot, decision }) < desired && braked > brakeOf(desired))
    breaches.push(`${braked} replaced at once`);
  return breaches;
}

/** Protection is from being chosen, not from being replaced or rolled. */
function isWell({ member, isOutdated }: ReplicaView, { inServiceAt, unhealthy }: ReplicaRecord): boolean {
  return inServiceAt !== undefined && unhealthy === undefined && member !== 'draining' && !isOutdated;
}

function isReplacedByChecks({ decision }: SimulatedTick, view: ReplicaView): boolean {
  const record = decision.state.replicas[view.name];
  return !isOff(view) && record?.unhealthy !== undefined && record.inServiceAt !== undefined;
}

function liveOf({ snapshot, decision }: SimulatedTick): number {
  return snapshot.replicas.filter(({ name, member }) => {
    const record = decision.state.replicas[name];
    return record?.unhealthy === undefined && record?.isStandby !== true && member !== 'draining';
  }).length;
}

/** Nobody who stands by is let in, and nobody else taken out. */
function standbyBreaches(
  { snapshot, decision }: SimulatedTick,
  { finish = [], leave = [], standby }: Change,
): string[] {
  const standing = snapshot.replicas.filter(({ name }) => decision.state.replicas[name]?.isStandby === true);
  const names = new Set(standing.map(({ name }) => name));
  return [
    ...finish.filter((name) => names.has(name)).map((name) => `${name} stands by and is let in`),
    ...leave.filter((name) => !names.has(name)).map((name) => `${name} serves and is taken out`),
    ...((standby ?? []).length === names.size ? [] : [`${names.size} stand by, which is not said`]),
  ];
}

/** Counts say what is there and stays, and more; never fewer, which would leave the choice to others. */
function sizeBreaches(replicas: readonly ReplicaView[], { counts, retire }: Change): string[] {
  const staying = replicas.filter(({ name }) => !retire.includes(name));
  const clouds = new Set(staying.map(({ cloud }) => cloud));
  return [...clouds].flatMap((cloud) => {
    const here = staying.filter((view) => view.cloud === cloud).length;
    return (counts[cloud] ?? 0) < here ? [`${here} stay at '${cloud}', ${counts[cloud] ?? 0} counted`] : [];
  });
}

/** Never more VMs that run than `max` and the surge, at the plan's fullest; of a roll, than its own percentage. */
function surgeBreaches({ snapshot, decision }: SimulatedTick, action: Change): string[] {
  const { spec, replicas } = snapshot;
  const { desired } = decision.state;
  const { max } = decision.state.bounds ?? spec.replicas;
  const after = Object.values(action.counts).reduce((sum, count) => sum + count, 0);
  const launched = after - replicas.filter(({ name }) => !action.retire.includes(name)).length;
  if (launched === 0) return [];
  const standing = replicas.filter(
    (view) => !isOff(view) && decision.state.replicas[view.name]?.isStandby !== true,
  );
  const leaving = action.order === 'terminate-first' ? action.retire.length : 0;
  const most =
    max +
    surgeOf(spec, desired) +
    Math.max(0, Math.ceil((desired * (spec.roll.maxHealthyPercent - 100)) / 100));
  const fullest = standing.length - leaving + launched;
  return fullest > most ? [`${fullest} VMs of at most ${most}`] : [];
}
