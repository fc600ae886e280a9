import { type ConditionReport, type GroupState, conditionOf } from '@trencadis/availability';
import type { VmName } from '@trencadis/ids';
import { memberAt } from './compose-snapshot.ts';
import type { Group, ObservedBalancer, ObservedReplica } from './fleet.ts';
import type { GroupView, ReplicaLook } from './group-record.ts';

export interface Described {
  readonly at: number;
  readonly group: Group;
  readonly state: GroupState;
  readonly replicas: readonly ObservedReplica[];
  readonly balancer?: ObservedBalancer | undefined;
  readonly troubles: readonly string[];
}

/** A group for people; derived, never set. */
export function describeGroup(described: Described): GroupView {
  const { at, balancer, troubles } = described;
  const replicas = described.replicas.map((replica) => lookOf(described, replica));
  return {
    at,
    ...reportOf(described, replicas),
    endpoints: balancer?.endpoints ?? [],
    troubles,
    replicas,
  };
}

function lookOf({ state, balancer }: Described, replica: ObservedReplica): ReplicaLook {
  const { name, cloud, number, vm, zone, address, failure, isOutdated } = replica;
  const record = state.replicas[name];
  return {
    name,
    cloud,
    number,
    vm,
    isOutdated,
    phase: record?.phase ?? 'requested',
    isProtected: record?.isProtected === true,
    ...withoutUndefined({ zone, address, because: record?.unhealthy?.because ?? failure }),
    ...(balancer === undefined ? {} : placeAt(balancer, name)),
  };
}

function placeAt(balancer: ObservedBalancer, name: VmName): Pick<ReplicaLook, 'member' | 'sessions'> {
  const sessions = balancer.members.find((each) => each.name === name)?.sessions;
  return { member: memberAt(balancer, name), ...withoutUndefined({ sessions }) };
}

type Defined<Fields> = { readonly [Key in keyof Fields]?: Exclude<Fields[Key], undefined> };

function withoutUndefined<Fields extends object>(fields: Fields): Defined<Fields> {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Defined<Fields>;
}

/** The worst that there is to say. */
function reportOf({ state, group, troubles }: Described, replicas: readonly ReplicaLook[]): ConditionReport {
  const decided = conditionOf(state, group.spec);
  if (decided.condition !== 'ok') return decided;
  const missing = shortage(state, replicas);
  // Where others came in their place, launches that failed are history.
  const [because] = [...(missing.length > 0 ? launchTroubles(state) : []), ...missing, ...troubles];
  return because === undefined ? decided : { condition: 'degraded', because };
}

function launchTroubles({ launches }: GroupState): readonly string[] {
  return Object.entries(launches)
    .filter(([, { failures }]) => failures > 0)
    .map(
      ([cloud, { because }]) => `the last launch${cloud === '' ? '' : ` at '${cloud}'`} failed: ${because}`,
    );
}

function shortage({ desired }: GroupState, replicas: readonly ReplicaLook[]): readonly string[] {
  const serving = replicas.filter(({ phase }) => phase === 'in-service' || phase === 'warming').length;
  return serving < desired ? [`${serving} of ${desired} replicas are in service`] : [];
}
