import type { Verdict } from './verdict.ts';

/**
 * AS-09: the greatest of those that want more; less only if every policy that has a say in it wants less, and then the
 * greatest of what they want.
 */
export function combineWishes(
  verdicts: readonly Verdict[],
  desired: number,
  wish: 'leaning' | 'wish',
): number {
  let most = desired;
  for (const verdict of verdicts) most = Math.max(most, verdict[wish] ?? desired);
  if (most > desired) return most;
  let target: number | undefined;
  for (const verdict of verdicts) {
    if (!verdict.scalesIn) continue;
    const wanted = verdict[wish];
    if (wanted === undefined) return desired;
    target = target === undefined ? wanted : Math.max(target, wanted);
  }
  return target ?? desired;
}
