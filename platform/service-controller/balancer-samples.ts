import type { Sample, Samples } from '@trencadis/availability';
import type { VmName } from '@trencadis/ids';
import type { ObservedBalancer } from './fleet.ts';
import type { Measuring } from './measuring.ts';

interface Look {
  readonly seen: ObservedBalancer;
  readonly at: number;
}

/** LB-07: what a balancer has counted between two looks, as newest samples; `kept` where there is nothing to compare. */
export function balancerSamples(
  measuring: Measuring,
  kept: Samples,
  { before, now }: { readonly before: Look | undefined; readonly now: Look },
): Samples {
  if (before === undefined || now.at <= before.at) return kept;
  const rates = measuring.balancerRates({
    before: before.seen.members,
    now: now.seen.members,
    elapsedMs: now.at - before.at,
  });
  const byReplica = Object.entries(rates).map(([metric, values]) => [metric, sampled(values, now.at)]);
  return { byReplica: Object.fromEntries(byReplica) as Samples['byReplica'], ofGroup: {} };
}

function sampled(values: Readonly<Record<VmName, number>>, at: number): Readonly<Record<VmName, Sample>> {
  return Object.fromEntries(Object.entries(values).map(([vm, value]) => [vm, { at, value }]));
}
