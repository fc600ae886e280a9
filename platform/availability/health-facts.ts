import type { GroupSnapshot, ReplicaView, ServiceSpec } from './model.ts';

/** What every replica of a snapshot is judged by. */
export interface HealthFacts {
  readonly now: number;
  readonly spec: ServiceSpec;
  readonly isPlanRunning: boolean;
  readonly isProbing: boolean;
  readonly answeredAt: Readonly<Record<string, number>>;
  /** What the group's own running plan does with a replica: its checks fail because of that. */
  readonly handled: ReadonlyMap<string, 'retired' | 'remade'>;
}

const nothingHandled: ReadonlyMap<string, 'retired' | 'remade'> = new Map();

export function healthFactsOf(snapshot: GroupSnapshot): HealthFacts {
  const { now, spec, isPlanRunning, isProbing = true, answeredAt } = snapshot;
  return { now, spec, isPlanRunning, isProbing, answeredAt, handled: handledBy(snapshot) };
}

function handledBy({ isPlanRunning, state: { pending } }: GroupSnapshot): HealthFacts['handled'] {
  if (!isPlanRunning || pending === undefined) return nothingHandled;
  if (pending.kind === 'roll') return new Map(pending.vms.map((name) => [name, 'remade']));
  return new Map([
    ...pending.retire.map((name) => [name, 'retired'] as const),
    ...pending.recreate.map((name) => [name, 'remade'] as const),
  ]);
}

/** How long the replica's VM manager has been silent; 0: what it says of the VM is so now. */
export function silenceMs(facts: Pick<HealthFacts, 'now' | 'answeredAt'>, view: ReplicaView): number {
  const answeredAt = facts.answeredAt[view.cloud];
  if (answeredAt !== undefined) {
    const silence = facts.now - answeredAt;
    return silence <= 0 && view.vm === 'unknown' ? 1 : Math.max(0, silence);
  }
  return view.vm === 'unknown' ? Number.POSITIVE_INFINITY : 0;
}

/** Whether the VM manager takes orders now; one that nothing was asked of yet is taken to. */
export function answersNow(facts: Pick<HealthFacts, 'now' | 'answeredAt'>, cloud: string): boolean {
  return (facts.answeredAt[cloud] ?? facts.now) >= facts.now;
}
