import type { MemberPlace } from '@trencadis/availability';
import { systemClock } from '@trencadis/clock';
import { z } from 'zod';
import { type Cloud, openCloud } from '../cloud.ts';
import type { OctaviaCredentials } from '../index.ts';
import { findLoadBalancer, ownNamed } from '../load-balancers.ts';
import { readMarks } from '../marks.ts';
import type { Member } from '../records.ts';
import { membersOf, poolNamed, readTree } from '../tree.ts';
import type { RunningOctavia } from './start-octavia.ts';

const signal = new AbortController().signal;

/** What a test does and looks up past the driver, as the same account. */
export interface OctaviaLab {
  readonly cloud: Cloud;
  findMember(place: MemberPlace): Promise<Member | undefined>;
  /** Ids of those of that name. */
  loadBalancers(name: string): Promise<readonly string[]>;
  /** Says for Octavia's health manager what it would have heard. */
  setHealth(place: MemberPlace, isHealthy: boolean): Promise<void>;
  /** All that the project has of Octavia, Barbican and, because of them, of Neutron. */
  leftovers(): Promise<readonly string[]>;
}

export interface LabOptions {
  readonly endpoint: string;
  readonly credentials: OctaviaCredentials;
}

export function openLab({ endpoint, credentials }: LabOptions, octavia: RunningOctavia): OctaviaLab {
  const cloud = openCloud({ endpoint, credentials, clock: systemClock });
  const findMember = async (place: MemberPlace) => {
    const balancer = await findLoadBalancer(cloud, place.balancer, signal);
    if (balancer === undefined) return undefined;
    const pool = poolNamed((await readTree(cloud, balancer, signal)).pools, place.pool);
    const members = pool === undefined ? [] : await membersOf(cloud, pool, signal);
    return members.find(({ tags }) => readMarks(tags)?.['vm'] === place.name);
  };
  return {
    cloud,
    findMember,
    loadBalancers: async (name) => (await ownNamed(cloud, name, signal)).map(({ id }) => id),
    setHealth: async (place, isHealthy) => {
      const member = await findMember(place);
      if (member === undefined) throw new Error(`there is no member ${place.name} of ${place.balancer}`);
      await octavia.report({ [member.id]: isHealthy ? 'ONLINE' : 'ERROR' });
    },
    leftovers: () => leftovers(cloud),
  };
}

const named = z.looseObject({ id: z.string().optional(), name: z.string().nullish() });

async function leftovers({ octavia, neutron, barbican }: Cloud): Promise<readonly string[]> {
  const owned = { project_id: await neutron.projectId(signal) };
  const lists = [
    ...['loadbalancers', 'listeners', 'pools', 'healthmonitors', 'l7policies'].map((key) =>
      octavia.list({ path: `/${key}`, key, item: named, query: owned }, signal),
    ),
    neutron.list({ path: '/floatingips', key: 'floatingips', item: named, query: owned }, signal),
    neutron.list(
      { path: '/ports', key: 'ports', item: named, query: { ...owned, device_owner: 'Octavia' } },
      signal,
    ),
    ...['containers', 'secrets'].map(async (key) => {
      const call = { path: `/${key}`, query: { limit: '100' } };
      return (await barbican.call(call, z.object({ [key]: z.array(named) }), signal))[key] ?? [];
    }),
  ];
  return (await Promise.all(lists)).flat().map(({ name, id }) => name ?? id ?? 'something');
}
