import { isIP } from 'node:net';
import type { MemberPlace, MemberSpec } from '@trencadis/availability';
import { PlatformError } from '@trencadis/errors';
import type { Tag } from '@trencadis/ids';
import { z } from 'zod';
import { type MemberChange, type Owner, drainingChange, memberChange } from './bodies.ts';
import { isPort } from './check-balancer.ts';
import type { Cloud } from './cloud.ts';
import { differing } from './differs.ts';
import { invalid, notFound } from './errors.ts';
import { change, findLoadBalancer, untilActive } from './load-balancers.ts';
import { readMarks } from './marks.ts';
import type { LoadBalancer, Member, Pool } from './records.ts';
import { checkPortOf, membersOf, poolNamed, readTree } from './tree.ts';

const nothing = z.unknown();

/** A pool of a balancer, with what is needed to change its members. */
interface PoolPlace {
  readonly owner: Owner;
  readonly balancer: LoadBalancer;
  readonly pool: Pool;
  readonly checkPort: number | undefined;
  readonly members: readonly Member[];
}

type Found = { readonly balancer: LoadBalancer | undefined; readonly place: PoolPlace | undefined };

async function findPlace(
  cloud: Cloud,
  { balancer: name, pool: poolName }: Pick<MemberPlace, 'balancer' | 'pool'>,
  signal: AbortSignal,
): Promise<Found> {
  const found = await findLoadBalancer(cloud, name, signal);
  if (found === undefined) return { balancer: undefined, place: undefined };
  // What goes on may be a member on its way out.
  const balancer = await untilActive(cloud, found, signal, cloud.waits.createMs);
  const { pools, monitors } = await readTree(cloud, balancer, signal);
  const pool = poolNamed(pools, poolName);
  if (pool === undefined) return { balancer, place: undefined };
  const tag = (readMarks(balancer.tags)?.['tag'] ?? '') as Tag;
  const members = await membersOf(cloud, pool, signal);
  const checkPort = checkPortOf(monitors, pool);
  return { balancer, place: { owner: { name, tag }, balancer, pool, checkPort, members } };
}

function ofVm({ members }: PoolPlace, vm: string): readonly Member[] {
  return members.filter(({ tags }) => readMarks(tags)?.['vm'] === vm);
}

/** At another address it is another member for Octavia: the new one is made before the old one goes. */
export async function addMember(
  cloud: Cloud,
  name: string,
  spec: MemberSpec,
  signal: AbortSignal,
): Promise<void> {
  checkMember(spec);
  const { balancer, place } = await findPlace(cloud, { balancer: name, pool: spec.pool }, signal);
  if (balancer === undefined) throw notFound('balancer', name);
  if (place === undefined) throw notFound('pool', `${spec.pool} of the balancer ${name}`);
  const isHere = ({ address, protocol_port: port }: Member) => address === spec.address && port === spec.port;
  const known = ofVm(place, spec.name);
  const here = known.find(isHere);
  const asked = memberChange(place.owner, spec, place.checkPort);
  if (here === undefined) await join(cloud, place, spec, signal);
  else await update(cloud, place, here, asked, signal);
  for (const other of known.filter((each) => each !== here)) await remove(cloud, place, other, signal);
  await untilActive(cloud, balancer, signal);
}

function checkMember({ name, address, port, weight }: MemberSpec): void {
  if (isIP(address) === 0) throw invalid(name, `The address of the member ${name} is no IP address.`);
  if (!isPort(port)) throw invalid(name, `${port} is no port for the member ${name}.`);
  if (Number.isInteger(weight) && weight >= 0 && weight <= 256) return;
  throw invalid(name, `${weight} is no weight for the member ${name}: 0 to 256.`);
}

async function join(cloud: Cloud, place: PoolPlace, spec: MemberSpec, signal: AbortSignal): Promise<void> {
  const { owner, balancer, pool, checkPort, members } = place;
  const { address, port } = spec;
  const holder = members.find((each) => each.address === address && each.protocol_port === port);
  if (holder !== undefined) {
    const message = `At ${address}:${port} of the pool ${spec.pool} is the member ${holder.name ?? holder.id}: remove that one first.`;
    throw new PlatformError('conflict', message, { subject: spec.name });
  }
  const member = { ...memberChange(owner, spec, checkPort), address, protocol_port: port };
  const call = { method: 'POST', path: `/pools/${pool.id}/members`, body: { member } } as const;
  await change(cloud, balancer, call, nothing, signal);
}

async function update(
  cloud: Cloud,
  { balancer, pool }: PoolPlace,
  found: Member,
  asked: MemberChange,
  signal: AbortSignal,
): Promise<void> {
  const changed = differing(found, asked);
  if (changed === undefined) return;
  const path = `/pools/${pool.id}/members/${found.id}`;
  await change(cloud, balancer, { method: 'PUT', path, body: { member: changed } }, nothing, signal);
}

export async function drainMember(cloud: Cloud, where: MemberPlace, signal: AbortSignal): Promise<void> {
  const { place } = await findPlace(cloud, where, signal);
  if (place === undefined) return;
  const isSticky = (place.pool.session_persistence ?? null) !== null;
  for (const each of ofVm(place, where.name)) {
    const weight = Number(readMarks(each.tags)?.['weight'] ?? each.weight);
    const joined = memberChange(place.owner, { name: where.name, pool: where.pool, weight }, place.checkPort);
    await update(cloud, place, each, drainingChange(joined, isSticky), signal);
  }
  await untilActive(cloud, place.balancer, signal);
}

export async function removeMember(cloud: Cloud, where: MemberPlace, signal: AbortSignal): Promise<void> {
  const { place } = await findPlace(cloud, where, signal);
  if (place === undefined) return;
  for (const each of ofVm(place, where.name)) await remove(cloud, place, each, signal);
  await untilActive(cloud, place.balancer, signal);
}

async function remove(cloud: Cloud, { balancer, pool }: PoolPlace, { id }: Member, signal: AbortSignal) {
  const path = `/pools/${pool.id}/members/${id}`;
  await change(cloud, balancer, { method: 'DELETE', path }, nothing, signal);
}
