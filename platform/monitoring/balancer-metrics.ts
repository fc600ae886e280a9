import type { Balancer, MemberStatus } from '@trencadis/availability';
import type { VmName } from '@trencadis/ids';
import type { BalancerMetrics } from './model.ts';

/**
 * LB-07, AS-01: what a balancer's members did between two looks. A member counts where both looks have its counters;
 * one that is lower than before has begun anew from 0 (the balancer was started again). A VM in several pools counts as
 * the sum of its requests and the mean of its latencies, by requests.
 */
export function balancerMetrics(
  previous: Pick<Balancer, 'members'>,
  now: Pick<Balancer, 'members'>,
  elapsedMs: number,
): BalancerMetrics {
  const before = new Map(previous.members.map((member) => [placeOf(member), member]));
  const requests = new Map<VmName, number>();
  const errors = new Map<VmName, number>();
  const latencies = new Map<VmName, Weighed>();
  for (const member of now.members) {
    const was = before.get(placeOf(member));
    const grown = increase(was?.requests, member.requests);
    if (elapsedMs > 0) {
      add(requests, member.name, grown, elapsedMs);
      add(errors, member.name, increase(was?.errors, member.errors), elapsedMs);
    }
    weigh(latencies, member, grown ?? 0);
  }
  return {
    requests: Object.fromEntries(requests),
    errors: Object.fromEntries(errors),
    latency: meansOf(latencies),
  };
}

/** Of one that has had no requests, the plain mean is what there is. */
interface Weighed {
  sum: number;
  weight: number;
  plain: number;
  count: number;
}

const placeOf = ({ pool, name }: MemberStatus) => `${pool}/${name}`;

function increase(was: number | undefined, is: number | undefined): number | undefined {
  if (was === undefined || is === undefined) return undefined;
  return is < was ? is : is - was;
}

function add(rates: Map<VmName, number>, vm: VmName, grown: number | undefined, elapsedMs: number): void {
  if (grown !== undefined) rates.set(vm, (rates.get(vm) ?? 0) + (grown * 1000) / elapsedMs);
}

function weigh(latencies: Map<VmName, Weighed>, { name, latencyMs }: MemberStatus, requests: number): void {
  if (latencyMs === undefined) return;
  const kept = latencies.get(name) ?? { sum: 0, weight: 0, plain: 0, count: 0 };
  kept.sum += latencyMs * requests;
  kept.weight += requests;
  kept.plain += latencyMs;
  kept.count += 1;
  latencies.set(name, kept);
}

function meansOf(latencies: ReadonlyMap<VmName, Weighed>): Record<VmName, number> {
  const means = [...latencies].map(
    ([vm, { sum, weight, plain, count }]) => [vm, weight > 0 ? sum / weight : plain / count] as const,
  );
  return Object.fromEntries(means);
}
