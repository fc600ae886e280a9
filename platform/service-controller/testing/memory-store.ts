import type { GroupKey } from '../fleet.ts';
import { type GroupRecord, type StoredEvaluation, type StoredEvent, keyOf } from '../group-record.ts';
import type { ServiceStore } from '../store.ts';

/** What is given is kept as JSON, as in a database. */
function copy<Value>(value: Value): Value {
  return JSON.parse(JSON.stringify(value)) as Value;
}

export function createMemoryServiceStore(): ServiceStore {
  const groups = new Map<string, GroupRecord>();
  const history = memoryHistory(groups);
  return {
    ...history,
    findGroup: async (key) => {
      const found = groups.get(keyOf(key));
      return found && copy(found);
    },
    listGroups: async (infrastructures) =>
      [...groups.values()]
        .filter((each) => infrastructures?.includes(each.infrastructureId) ?? true)
        .toSorted((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1))
        .map(copy),
    insertGroup: async (record) => {
      const stored = groups.get(keyOf(record)) ?? copy({ ...record, version: 1 });
      groups.set(keyOf(record), stored);
      return copy(stored);
    },
    saveGroups: async (records, { evaluations = [], events = [] } = {}) => {
      const isCurrent = (each: GroupRecord) => groups.get(keyOf(each))?.version === each.version;
      const [saved, lost] = [
        records.filter(isCurrent),
        records.filter((each) => !isCurrent(each)).map(keyOf),
      ];
      for (const each of saved) groups.set(keyOf(each), copy({ ...each, version: each.version + 1 }));
      const isAdded = (each: GroupKey) => !lost.includes(keyOf(each));
      await history.addNotes({ evaluations: evaluations.filter(isAdded), events: events.filter(isAdded) });
      return new Set(saved.map(keyOf));
    },
    removeGroup: async (key) => {
      groups.delete(keyOf(key));
      history.forget(key);
    },
  };
}

type History = Pick<ServiceStore, 'addNotes' | 'listEvaluations' | 'listEvents' | 'prune'>;

function memoryHistory(groups: ReadonlyMap<string, GroupRecord>): History & { forget(key: GroupKey): void } {
  let evaluations: StoredEvaluation[] = [];
  let events: (GroupKey & { readonly event: StoredEvent })[] = [];
  let sequence = 0;
  const isOf = (key: GroupKey) => (each: GroupKey) => keyOf(each) === keyOf(key);
  return {
    forget: (key) => {
      evaluations = evaluations.filter((each) => !isOf(key)(each));
      events = events.filter((each) => !isOf(key)(each));
    },
    addNotes: async (notes) => {
      const isThere = (each: GroupKey) => groups.has(keyOf(each));
      evaluations.push(...(notes.evaluations ?? []).filter(isThere).map(copy));
      for (const { infrastructureId, serviceId, event } of (notes.events ?? []).filter(isThere))
        events.push({ infrastructureId, serviceId, event: copy({ ...event, sequence: ++sequence }) });
    },
    listEvaluations: async (key, { limit, onlyDecisions = false, before = Infinity }) =>
      evaluations
        .filter(isOf(key))
        .filter(({ evaluation, isDecision }) => evaluation.at < before && (isDecision || !onlyDecisions))
        .toSorted(newestFirst)
        .slice(0, limit)
        .map(copy),
    listEvents: async (key, { after, limit }) => {
      const all = events.filter(isOf(key)).map(({ event }) => event);
      return after === undefined
        ? all.slice(-limit)
        : all.filter((each) => each.sequence > after).slice(0, limit);
    },
    prune: async (now, kept) => {
      evaluations = [...Map.groupBy(evaluations, keyOf).values()].flatMap((ofOne) =>
        ofOne
          .toSorted(newestFirst)
          .filter((each, place) => place < kept.evaluations || isKept(each, now - kept.decisionsMs)),
      );
      events = [...Map.groupBy(events, keyOf).values()].flatMap((ofOne) => ofOne.slice(-kept.events));
    },
  };
}

function newestFirst({ evaluation: one }: StoredEvaluation, { evaluation: other }: StoredEvaluation): number {
  return other.at - one.at;
}

function isKept({ isDecision, evaluation }: StoredEvaluation, since: number): boolean {
  return isDecision && evaluation.at >= since;
}
