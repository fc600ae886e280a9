import type { Comparison, Interval } from './model.ts';

type Bound = NonNullable<Interval['low']>;

/** The numbers that satisfy `x operator value`. */
export function intervalOfComparison(operator: Comparison, value: number): Interval {
  const bound = { value, isStrict: operator === '<' || operator === '>' };
  if (operator === '=') return { low: bound, high: bound };
  return operator.startsWith('<') ? { high: bound } : { low: bound };
}

/** The numbers in both. */
export function intersect(a: Interval, b: Interval): Interval {
  const low = tighter(a.low, b.low, (x, y) => x > y);
  const high = tighter(a.high, b.high, (x, y) => x < y);
  return { ...(low === undefined ? {} : { low }), ...(high === undefined ? {} : { high }) };
}

function tighter(
  a: Bound | undefined,
  b: Bound | undefined,
  wins: (x: number, y: number) => boolean,
): Bound | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  if (a.value === b.value) return a.isStrict ? a : b;
  return wins(a.value, b.value) ? a : b;
}

/** No number satisfies it. `ignoringStrictness` is how IM looks at it: `> 2 and = 2` passes there. */
export function isEmptyInterval({ low, high }: Interval, ignoringStrictness = false): boolean {
  if (low === undefined || high === undefined) return false;
  if (low.value > high.value) return true;
  return low.value === high.value && !ignoringStrictness && (low.isStrict || high.isStrict);
}

/** The one number an interval stands for: its low end if it has one, else the high one. */
export function valueOfInterval({ low, high }: Interval): number | undefined {
  return (low ?? high)?.value;
}

/** For messages: `> 2 and <= 8`. */
export function printInterval({ low, high }: Interval): string {
  if (low !== undefined && low.value === high?.value && !low.isStrict && !high.isStrict)
    return `= ${low.value}`;
  const parts = [
    ...(low === undefined ? [] : [`${low.isStrict ? '>' : '>='} ${low.value}`]),
    ...(high === undefined ? [] : [`${high.isStrict ? '<' : '<='} ${high.value}`]),
  ];
  return parts.join(' and ');
}
