import type { VmName } from '@trencadis/ids';
import { judgeReplica } from './decide-health.ts';
import { healthFactsOf } from './health-facts.ts';
import { type JudgedReplica, type Standing, isLive, isServing } from './judged-replica.ts';
import type { GroupEvent, GroupSnapshot, ReplicaRecord } from './model.ts';

/** All replicas of a snapshot, judged. */
export interface Census {
  readonly all: readonly JudgedReplica[];
  /** Of {@link isLive}. */
  readonly live: number;
  readonly serving: number;
  readonly warming: number;
  readonly pending: number;
  /** By name; the one of before where nothing changed. */
  readonly records: Readonly<Record<string, ReplicaRecord>>;
  readonly events: readonly GroupEvent[];
}

/** Records of replicas that are gone are dropped. */
export function takeCensus(snapshot: GroupSnapshot): Census {
  const facts = healthFactsOf(snapshot);
  const before = snapshot.state.replicas;
  const all = snapshot.replicas.map((view) => judgeReplica(facts, view, before[view.name]));
  const isUnchanged =
    all.every(({ view, record }) => before[view.name] === record) &&
    Object.keys(before).length === all.length;
  const records = isUnchanged
    ? before
    : Object.fromEntries(all.map(({ view, record }) => [view.name, record]));
  const events = isUnchanged ? [] : eventsOf(snapshot, all);
  return {
    all,
    live: all.filter(isLive).length,
    serving: all.filter(isServing).length,
    warming: countOf(all, 'warming'),
    pending: countOf(all, 'pending'),
    records,
    events,
  };
}

function countOf(all: readonly JudgedReplica[], standing: Standing): number {
  return all.filter((replica) => replica.standing === standing).length;
}

function eventsOf({ now, state }: GroupSnapshot, all: readonly JudgedReplica[]): readonly GroupEvent[] {
  const present = new Set<string>(all.map(({ view }) => view.name));
  const gone = Object.keys(state.replicas).filter((name): name is VmName => !present.has(name));
  return [
    ...all.flatMap((replica) => changesOf(replica, state.replicas[replica.view.name], now)),
    ...gone.map((name): GroupEvent => ({ at: now, kind: 'phase', vm: name, text: `${name} is gone.` })),
  ];
}

function changesOf(
  { view: { name }, record }: JudgedReplica,
  before: ReplicaRecord | undefined,
  at: number,
): readonly GroupEvent[] {
  if (record === before) return [];
  const because = record.unhealthy?.because;
  const events = verdictEvents(name, because, before?.unhealthy?.because).map((event) => ({ at, ...event }));
  if (record.phase === before?.phase) return events;
  const text = `${name}: ${phaseText(record, before, because)}.`;
  return [...events, { at, kind: 'phase', vm: name, text }];
}

function verdictEvents(
  vm: VmName,
  is: string | undefined,
  was: string | undefined,
): Omit<GroupEvent, 'at'>[] {
  if (is !== undefined && was === undefined)
    return [{ kind: 'unhealthy', vm, text: `${vm} is unhealthy: ${is}.` }];
  if (is === undefined && was !== undefined)
    return [{ kind: 'healthy', vm, text: `${vm} is no longer unhealthy.` }];
  return [];
}

function phaseText({ phase }: ReplicaRecord, before?: ReplicaRecord, because?: string): string {
  const from = before?.phase === undefined ? '' : ` after ${before.phase}`;
  return `${phase ?? 'unknown'}${from}${because === undefined ? '' : `, ${because}`}`;
}
