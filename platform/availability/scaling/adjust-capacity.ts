import type { AlarmPolicy } from '../model.ts';

type Adjustment = Pick<AlarmPolicy, 'adjustment' | 'leastChange'>;

/**
 * AS-07: the capacity after an adjustment, by the rounding that EC2 Auto Scaling and Heat share: more than 1 down, (0, 1]
 * to 1, [-1, 0) to -1, less than -1 toward zero. A percentage changes by at least `leastChange`; 0 stays 0.
 */
export function adjustCapacity(
  capacity: number,
  amount: number,
  { adjustment, leastChange }: Adjustment,
): number {
  if (adjustment === 'exact') return Math.max(0, Math.trunc(amount));
  if (adjustment === 'change') return Math.max(0, capacity + roundChange(amount));
  return Math.max(0, capacity + atLeast(roundChange((capacity * amount) / 100), leastChange));
}

export function roundChange(change: number): number {
  if (change === 0) return 0;
  return Math.abs(change) <= 1 ? Math.sign(change) : Math.trunc(change);
}

function atLeast(change: number, least: number): number {
  return Math.abs(change) >= least ? change : Math.sign(change) * least;
}
