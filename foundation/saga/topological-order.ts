import type { PlannedStep } from './model.ts';

export interface TopologicalOrder {
  /** Every step after all that it waits for; otherwise in the order given, so equal graphs give equal orders. */
  readonly ordered: readonly PlannedStep[];
  /** The steps that wait for themselves, directly or through others. */
  readonly cyclic: readonly PlannedStep[];
}

/** Kahn's algorithm. An `after` that names no step of the list is ignored here; validateGraph reports it. */
export function topologicalOrder(steps: readonly PlannedStep[]): TopologicalOrder {
  const followers = followersOf(steps);
  const known = new Set(steps.map(({ id }) => id));
  const missing = new Map(
    steps.map(({ id, after }) => [id, new Set(after.filter((name) => known.has(name))).size]),
  );
  const ordered = steps.filter(({ id }) => missing.get(id) === 0);
  for (let next = 0; next < ordered.length; next += 1) {
    for (const follower of followers.get(ordered[next]?.id ?? '') ?? []) {
      const left = (missing.get(follower.id) ?? 0) - 1;
      missing.set(follower.id, left);
      if (left === 0) ordered.push(follower);
    }
  }
  const reached = new Set(ordered);
  return { ordered, cyclic: steps.filter((step) => !reached.has(step)) };
}

/** For each step id the steps that name it in `after`. */
export function followersOf(steps: readonly PlannedStep[]): ReadonlyMap<string, readonly PlannedStep[]> {
  const followers = new Map<string, PlannedStep[]>(steps.map(({ id }) => [id, []]));
  for (const step of steps) {
    for (const name of new Set(step.after)) followers.get(name)?.push(step);
  }
  return followers;
}
