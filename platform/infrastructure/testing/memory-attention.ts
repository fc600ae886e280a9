import { later } from '@trencadis/clock';
import type { InfrastructureId, PlanId } from '@trencadis/ids';
import type { AttentionStore, Continuation } from '../attention-store.ts';

export function memoryAttention(): AttentionStore {
  const times = new Map<InfrastructureId, Date>();
  const continuations = new Map<PlanId, Continuation>();
  return {
    requestAttention: async (id, at) => {
      const before = times.get(id);
      if (before === undefined || at < before) times.set(id, at);
    },
    claimDue: async (now, leaseMs, limit) => {
      const until = later(now, leaseMs);
      const due = [...times]
        .filter(([, at]) => at <= now)
        .toSorted(([, one], [, other]) => one.getTime() - other.getTime())
        .slice(0, limit);
      for (const [id] of due) times.set(id, until);
      return due.map(([id]) => ({ id, until }));
    },
    settleAttention: async ({ id, until }, next) => {
      if (times.get(id)?.getTime() !== until.getTime()) return;
      if (next === undefined) times.delete(id);
      else times.set(id, next);
    },
    setContinuation: async (id, next) => void continuations.set(id, next),
    findContinuation: async (id) => continuations.get(id),
  };
}
