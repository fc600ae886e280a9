import type { Balancer, BalancerDriver, BalancerHost, BalancerSpec } from '@trencadis/availability';
import type { Clock } from '@trencadis/clock';
import {
  type RecordChange,
  applied,
  certificateFile,
  deleted,
  drained,
  joined,
  promoted,
  removed,
} from './change-record.ts';
import { capabilities, checkMember, checkSpec } from './check-spec.ts';
import { describeRecord, promotionsOf } from './describe.ts';
import { notFound } from './errors.ts';
import { HostGroup, newestRecord } from './host-group.ts';
import { Keeper, type Kept } from './keeper.ts';
import { certificatePath } from './paths.ts';
import { isDone, planHost } from './plan-host.ts';

export interface HaproxyBalancerOptions {
  /** One VM, or two that take over from each other; in the same order always. */
  readonly hosts: readonly BalancerHost[];
  readonly clock: Clock;
}

/**
 * HAProxy (2.6 of Debian 12) on one VM or two. Everything is kept at the VMs, in files beside HAProxy's configuration:
 * any process may go on, and a VM that was lost is filled again from the other one.
 *
 * HAProxy itself lets a new member in after `rise` checks (HC-04). That it did is recorded by the next call that sees it,
 * `describeBalancer` as well; until then, HAProxy started anew would leave the member out, and the next call joins it
 * again. Counters of members begin anew when HAProxy is reloaded, which only other frontends, pools or checks need.
 */
export function createHaproxyBalancer({ hosts, clock }: HaproxyBalancerOptions): BalancerDriver {
  const group = new HostGroup(hosts, clock);
  const keeper = new Keeper(group, clock);

  const describeOne = ({ record, seen }: Kept, name: string): Balancer | undefined => {
    const balancer = record.balancers[name];
    return balancer === undefined ? undefined : describeRecord(balancer, hosts, seen);
  };
  const change = async (made: RecordChange, signal: AbortSignal): Promise<void> => {
    await keeper.change(made, signal);
  };

  return {
    capabilities,
    applyBalancer: async (spec, signal) => {
      checkSpec(spec);
      const kept = await keeper.change(applied(spec), signal, certificatesOf(spec));
      const balancer = describeOne(kept, spec.name);
      if (balancer === undefined) throw notFound('balancer', spec.name);
      return balancer;
    },
    describeBalancer: async (name, signal) => describeOne(await observe(group, keeper, signal), name),
    listBalancers: async (tag, signal) => {
      const kept = await observe(group, keeper, signal);
      const balancers = Object.keys(kept.record.balancers).flatMap((name) => describeOne(kept, name) ?? []);
      return balancers.filter((balancer) => balancer.tag === tag);
    },
    deleteBalancer: async (name, signal) => await change(deleted(name), signal),
    addMember: async (balancer, member, signal) => {
      checkMember(member);
      await change(joined(balancer, member), signal);
    },
    drainMember: async (place, signal) => await change(drained(place), signal),
    removeMember: async (place, signal) => await change(removed(place), signal),
  };
}

/** What is there; brought to what is recorded first, where it is not. One round trip, unless there is something to do. */
async function observe(group: HostGroup, keeper: Keeper, signal: AbortSignal): Promise<Kept> {
  const seen = await group.look(signal);
  const record = newestRecord(seen);
  const promotions = promotionsOf(record, seen);
  const wish = { record, certificates: new Map<string, string>(), hosts: group.hosts };
  const isSettled = seen.every(({ link, view }) => {
    const plan = planHost(wish, link.host, view);
    return isDone(plan, view) && plan.lacking.length + plan.tidying.length === 0;
  });
  if (isSettled && promotions.length === 0) return { record, seen };
  return await keeper.change(promoted(promotions), signal);
}

function certificatesOf({ name, frontends }: BalancerSpec): Map<string, string> {
  return new Map(
    frontends.flatMap(({ name: frontend, certificate }) =>
      certificate === undefined
        ? []
        : [[certificatePath(name, frontend), certificateFile(certificate)] as const],
    ),
  );
}
