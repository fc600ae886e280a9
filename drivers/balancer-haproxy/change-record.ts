import { X509Certificate } from 'node:crypto';
import type { BalancerSpec, Certificate, MemberPlace, MemberSpec } from '@trencadis/availability';
import { sha256OfText } from '@trencadis/ids';
import { heldByOther, notFound, portTaken } from './errors.ts';
import type { BalancerRecord, CertificateMark, FrontendRecord, HostRecord, MemberRecord } from './record.ts';

/** The record as it shall be, or the same one where it is so already. Throws where it cannot be. */
export type RecordChange = (record: HostRecord) => HostRecord;

export function applied(spec: BalancerSpec): RecordChange {
  return (record) => {
    const { [spec.name]: old, ...others } = record.balancers;
    if (old !== undefined && old.tag !== spec.tag) throw heldByOther(spec.name, old.tag);
    for (const other of Object.values(others)) checkPorts(spec, other);
    return withBalancer(record, toRecord(spec, old?.members ?? []));
  };
}

/** Two balancers at the same hosts share their ports. */
function checkPorts(spec: BalancerSpec, other: BalancerRecord): void {
  const taken = spec.frontends.find(({ port }) => other.frontends.some((one) => one.port === port));
  if (taken !== undefined) throw portTaken(taken.port, spec.name, other.name);
}

function toRecord(spec: BalancerSpec, members: readonly MemberRecord[]): BalancerRecord {
  const pools = new Set(spec.pools.map(({ name }) => name));
  return {
    name: spec.name,
    tag: spec.tag,
    frontends: spec.frontends.map(({ certificate, ...rest }): FrontendRecord =>
      certificate === undefined ? rest : { ...rest, certificate: markOf(certificate) },
    ),
    pools: spec.pools,
    ...(spec.virtualAddress === undefined ? {} : { virtualAddress: spec.virtualAddress }),
    members: members.filter(({ pool }) => pools.has(pool)),
  };
}

function markOf({ certificatePem, privateKeyPem }: Certificate): CertificateMark {
  const [, ...chain] = certificatePem
    .split(/(?=-----BEGIN CERTIFICATE-----)/)
    .filter((pem) => pem.trim() !== '');
  return {
    fingerprint: new X509Certificate(certificatePem).fingerprint.replaceAll(':', ''),
    digest: sha256OfText(certificateFile({ certificatePem, privateKeyPem })),
    chainDigest: sha256OfText(chain.map((pem) => pem.trim()).join('\n')),
  };
}

/** As HAProxy reads it. No empty lines: at its socket one would end it. */
export function certificateFile({ certificatePem, privateKeyPem }: Certificate): string {
  const lines = `${certificatePem}\n${privateKeyPem}`.split('\n').map((line) => line.trim());
  return `${lines.filter((line) => line !== '').join('\n')}\n`;
}

export function deleted(name: string): RecordChange {
  return (record) => {
    const { [name]: old, ...balancers } = record.balancers;
    return old === undefined ? record : { ...record, balancers };
  };
}

/** A member that moves is looked at anew. */
export function joined(name: string, { pool, name: vm, address, port, weight }: MemberSpec): RecordChange {
  return (record) => {
    const balancer = record.balancers[name];
    if (balancer === undefined) throw notFound('balancer', name);
    if (balancer.pools.every((one) => one.name !== pool)) throw notFound('pool', pool);
    const old = balancer.members.find((member) => isAt(member, { pool, name: vm }));
    const stays = old?.gate === 'ready' && old.address === address && old.port === port;
    const member: MemberRecord = {
      pool,
      name: vm,
      address,
      port,
      weight,
      gate: stays ? 'ready' : 'checking',
    };
    return withMember(record, balancer, member);
  };
}

export function drained(place: MemberPlace): RecordChange {
  return (record) => {
    const balancer = record.balancers[place.balancer];
    const old = balancer?.members.find((member) => isAt(member, place));
    if (balancer === undefined || old === undefined) return record;
    return withMember(record, balancer, { ...old, gate: 'draining' });
  };
}

export function removed(place: MemberPlace): RecordChange {
  return (record) => {
    const balancer = record.balancers[place.balancer];
    if (balancer === undefined) return record;
    const members = balancer.members.filter((member) => !isAt(member, place));
    return withBalancer(record, { ...balancer, members });
  };
}

/** Members that were seen up may be served from the start when HAProxy is started again. */
export function promoted(places: readonly MemberPlace[]): RecordChange {
  return (record) =>
    places.reduce((sofar, place) => {
      const balancer = sofar.balancers[place.balancer];
      const member = balancer?.members.find((one) => isAt(one, place));
      if (balancer === undefined || member?.gate !== 'checking') return sofar;
      return withMember(sofar, balancer, { ...member, gate: 'ready' });
    }, record);
}

function isAt(member: MemberSpec, { pool, name }: Pick<MemberPlace, 'pool' | 'name'>): boolean {
  return member.pool === pool && member.name === name;
}

function withMember(record: HostRecord, balancer: BalancerRecord, member: MemberRecord): HostRecord {
  const index = balancer.members.findIndex((one) => isAt(one, member));
  const members = index < 0 ? [...balancer.members, member] : balancer.members.with(index, member);
  return withBalancer(record, { ...balancer, members });
}

function withBalancer(record: HostRecord, balancer: BalancerRecord): HostRecord {
  const old = record.balancers[balancer.name];
  if (old !== undefined && JSON.stringify(old) === JSON.stringify(balancer)) return record;
  return { ...record, balancers: { ...record.balancers, [balancer.name]: balancer } };
}
