import type { ScalingSpec, ScalingState } from '../model.ts';

export type Recommendations = ScalingState['recommendations'];

/**
 * AS-10's memory. Of equal ones in a row only the newest is kept: whether a window holds such a one, that one tells.
 */
export function remember(
  former: Recommendations,
  now: number,
  desired: number,
  { stabilization: { upMs, downMs } }: ScalingSpec,
): Recommendations {
  const since = now - Math.max(upMs, downMs);
  const kept: Recommendations[number][] = [];
  for (const each of former) if (each.at >= since && each.at <= now) kept.push(each);
  if (kept.at(-1)?.desired === desired) kept.pop();
  kept.push({ at: now, desired });
  return kept;
}

/**
 * AS-10: no more than the least recommended within `upMs`, no less than the most recommended within `downMs`.
 * `recommendations` hold the one of now.
 */
export function stabilize(
  recommendations: Recommendations,
  { now, desired, wanted }: { readonly now: number; readonly desired: number; readonly wanted: number },
  { stabilization: { upMs, downMs } }: ScalingSpec,
): number {
  if (wanted > desired) {
    let up = wanted;
    for (const each of recommendations) if (each.at >= now - upMs) up = Math.min(up, each.desired);
    return Math.max(desired, up);
  }
  let down = wanted;
  for (const each of recommendations) if (each.at >= now - downMs) down = Math.max(down, each.desired);
  return Math.min(desired, down);
}
