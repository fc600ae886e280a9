import { isIP } from 'node:net';
import type { MemberPlace, MemberSpec } from '@trencadis/availability';
import { PlatformError, isPlatformError } from '@trencadis/errors';
import type { Tag, VmName } from '@trencadis/ids';
import { invalid } from '@trencadis/openstack-client';
import { z } from 'zod';
import { type MemberChange, type Owner, drainingChange, memberChange } from './bodies.ts';
import { isPort } from './check-balancer.ts';
import type { Cloud } from './cloud.ts';
import { differing } from './differs.ts';
import { givenUp, notFound } from './errors.ts';
import { type Changed, change, findLoadBalancer, untilActive } from './load-balancers.ts';
import { readMarks } from './marks.ts';
import type { Member, Pool } from './records.ts';
import { checkPortOf, membersOf, poolNamed, readTree } from './tree.ts';

const nothing = z.unknown();

/** A pool of a balancer, with what is needed to change its members. */
interface PoolPlace extends Changed {
  readonly owner: Owner;
  readonly pool: Pool;
  readonly checkPort: number | undefined;
  readonly members: readonly Member[];
}

/** Absent: `not-found`, which says what is missing. */
async function getPlace(
  cloud: Cloud,
  { balancer: name, pool: poolName }: Pick<MemberPlace, 'balancer' | 'pool'>,
  signal: AbortSignal,
): Promise<PoolPlace> {
  const found = await findLoadBalancer(cloud, name, signal);
  if (found === undefined) throw notFound('balancer', name);
  // What goes on may be a member on its way out.
  const balancer = await untilActive(cloud, found, signal, cloud.waits.createMs);
  const { pools, monitors } = await readTree(cloud, balancer, signal);
  const pool = poolNamed(pools, poolName);
  if (pool === undefined) throw notFound('pool', `${poolName} of the balancer ${name}`);
  const owner = { name, tag: (readMarks(balancer.tags)?.['tag'] ?? '') as Tag };
  const members = await membersOf(cloud, pool, signal);
  return { cloud, balancer, signal, owner, pool, checkPort: checkPortOf(monitors, pool), members };
}

async function findPlace(
  cloud: Cloud,
  where: MemberPlace,
  signal: AbortSignal,
): Promise<PoolPlace | undefined> {
  try {
    return await getPlace(cloud, where, signal);
  } catch (error) {
    if (isPlatformError(error, 'not-found')) return undefined;
    throw error;
  }
}

function ofVm({ members }: PoolPlace, vm: string): readonly Member[] {
  return members.filter(({ tags }) => readMarks(tags)?.['vm'] === vm);
}

/** At another address it is another member for Octavia: the new one is made before the old one goes. */
export async function addMember(
  cloud: Cloud,
  balancer: string,
  spec: MemberSpec,
  signal: AbortSignal,
): Promise<void> {
  checkMember(spec);
  const place = await getPlace(cloud, { balancer, pool: spec.pool }, signal);
  const isHere = ({ address, protocol_port: port }: Member) => address === spec.address && port === spec.port;
  const known = ofVm(place, spec.name);
  const here = known.find(isHere);
  if (here === undefined) await join(place, spec);
  else await update(place, here, memberChange(place.owner, spec, place.checkPort));
  for (const other of known.filter((each) => each !== here)) await remove(place, other);
  await settled(place, spec.name);
}

function checkMember({ name, address, port, weight }: MemberSpec): void {
  if (isIP(address) === 0) throw invalid(name, `The address of the member ${name} is no IP address.`);
  if (!isPort(port)) throw invalid(name, `${port} is no port for the member ${name}.`);
  if (Number.isInteger(weight) && weight >= 0 && weight <= 256) return;
  throw invalid(name, `${weight} is no weight for the member ${name}: 0 to 256.`);
}

async function join(place: PoolPlace, spec: MemberSpec): Promise<void> {
  const { address, port } = spec;
  const holder = place.members.find((each) => each.address === address && each.protocol_port === port);
  if (holder !== undefined) {
    const message = `At ${address}:${port} of the pool ${spec.pool} is the member ${holder.name ?? holder.id}: remove that one first.`;
    throw new PlatformError('conflict', message, { subject: spec.name });
  }
  const member = { ...memberChange(place.owner, spec, place.checkPort), address, protocol_port: port };
  await change(place, { method: 'POST', path: `/pools/${place.pool.id}/members`, body: { member } }, nothing);
}

async function update(place: PoolPlace, found: Member, asked: MemberChange): Promise<void> {
  const changed = differing(found, asked);
  if (changed === undefined) return;
  const path = `/pools/${place.pool.id}/members/${found.id}`;
  await change(place, { method: 'PUT', path, body: { member: changed } }, nothing);
}

async function remove(place: PoolPlace, { id }: Member): Promise<void> {
  await change(place, { method: 'DELETE', path: `/pools/${place.pool.id}/members/${id}` }, nothing);
}

export async function drainMember(cloud: Cloud, where: MemberPlace, signal: AbortSignal): Promise<void> {
  const place = await findPlace(cloud, where, signal);
  if (place === undefined) return;
  const isSticky = (place.pool.session_persistence ?? null) !== null;
  for (const each of ofVm(place, where.name)) {
    const weight = Number(readMarks(each.tags)?.['weight'] ?? each.weight);
    const joined = memberChange(place.owner, { name: where.name, pool: where.pool, weight }, place.checkPort);
    await update(place, each, drainingChange(joined, isSticky));
  }
  await settled(place, where.name);
}

export async function removeMember(cloud: Cloud, where: MemberPlace, signal: AbortSignal): Promise<void> {
  const place = await findPlace(cloud, where, signal);
  if (place === undefined) return;
  for (const each of ofVm(place, where.name)) await remove(place, each);
  await settled(place, where.name);
}

/** Carried out, or given up: then the member itself says so, and the balancer goes on. */
async function settled({ cloud, balancer, pool, signal }: PoolPlace, vm: VmName): Promise<void> {
  await untilActive(cloud, balancer, signal);
  const broken = (await membersOf(cloud, pool, signal)).filter(
    (each) => each.provisioning_status === 'ERROR',
  );
  if (broken.some(({ tags }) => readMarks(tags)?.['vm'] === vm)) throw givenUp('member', vm);
}
