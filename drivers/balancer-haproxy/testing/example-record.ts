import type { BalancerSpec, MemberSpec, PoolSpec } from '@trencadis/availability';
import { brandId } from '@trencadis/ids';
import { applied, joined, promoted } from '../change-record.ts';
import { type HostRecord, emptyRecord } from '../record.ts';

export const tag = brandId('Tag', 'inf-testtest');

export function examplePool(changes: Partial<PoolSpec> = {}): PoolSpec {
  return {
    name: 'web',
    protocol: 'http',
    algorithm: 'roundrobin',
    isSticky: false,
    drainMs: 5000,
    slowStartMs: 0,
    failsOpen: false,
    check: {
      protocol: 'http',
      method: 'GET',
      path: '/health',
      status: 200,
      intervalMs: 2000,
      timeoutMs: 1000,
      fall: 2,
      rise: 3,
    },
    ...changes,
  };
}

export function exampleSpec(changes: Partial<BalancerSpec> = {}): BalancerSpec {
  return {
    name: 'portal',
    tag,
    frontends: [{ name: 'web', port: 80, protocol: 'http', routes: [], defaultPool: 'web' }],
    pools: [examplePool()],
    ...changes,
  };
}

export function exampleMember(name: string, changes: Partial<MemberSpec> = {}): MemberSpec {
  return {
    pool: 'web',
    name: brandId('VmName', name),
    address: '10.0.0.1',
    port: 8080,
    weight: 100,
    ...changes,
  };
}

/** With those members, seen up. */
export function exampleRecord(spec: BalancerSpec, members: readonly MemberSpec[]): HostRecord {
  const changes = [applied(spec), ...members.map((member) => joined(spec.name, member))];
  const record = changes.reduce((sofar, change) => change(sofar), emptyRecord);
  const places = members.map(({ pool, name }) => ({ balancer: spec.name, pool, name }));
  return { ...promoted(places)(record), version: 7, id: 'abcdef01' };
}
