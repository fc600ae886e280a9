import { type VmName, brandId, sha256OfText } from '@trencadis/ids';
import { describe, expect, it } from 'vitest';
import type { DesiredInfrastructure, DesiredVm, Member, ObservedInfrastructure } from '../model.ts';
import { vmName } from '../resource-names.ts';
import { type Replacement, scopeOfReplacement } from './replacement-scope.ts';

const id = brandId('InfrastructureId', 'inf-replaced');
const web = (number: number) => vmName(id, 'web', number);
const holder = vmName(id, 'db', 1);
const image = { location: 'x', digest: sha256OfText('x') };

function vmOf(systemId: string, number: number, peers: DesiredVm['peers']): DesiredVm {
  const name = vmName(id, systemId, number);
  const tag = brandId('Tag', id);
  const size = { cpuCount: 1, memoryMiB: 256, interfaces: [], disks: [] };
  const spec = { name, tag, hostName: name, image, ...size };
  return { vmm: 'memory', systemId, number, ordinal: 0, isStopped: false, spec, configurations: [], peers };
}

/** Members 1 and 2 of a service become those; the holder of their database and a bystander are beside them. */
function scopeOf(
  becoming: readonly number[],
  asked: Partial<Replacement>,
  { holderMiB = 256, usedBy = becoming.map(web) }: { holderMiB?: number; usedBy?: readonly VmName[] } = {},
) {
  const vms = [
    ...becoming.map((number) => vmOf('web', number, [holder])),
    vmOf('db', 1, usedBy),
    vmOf('other', 1, []),
  ];
  const desired = {
    id,
    vms,
    services: [{ spec: { systemId: 'web' }, replicas: becoming.map(web) }],
    databases: [{ name: 'keys', user: 'keys', heldBy: holder, usedBy }],
  } as unknown as DesiredInfrastructure;
  const observed = {
    vms: [
      ...[1, 2].map((number) => ({ ...vmOf('web', number, []).spec, vmm: 'memory' })),
      { ...vmOf('db', 1, []).spec, memoryMiB: holderMiB, vmm: 'memory' },
    ].map((vm) => ({ ...vm, status: 'running', addresses: [], hostKeys: [] })),
    updates: {},
    configured: {},
  } as unknown as ObservedInfrastructure;
  const members = [1, 2].map((number): Member => ({
    systemId: 'web',
    number,
    ordinal: number,
    vmm: 'memory',
  }));
  const others: Member[] = ['db', 'other'].map((systemId, index) => ({
    systemId,
    number: 1,
    ordinal: index + 3,
    vmm: 'memory',
  }));
  const request: Replacement = { retire: [], recreate: [], order: 'launch-first', ...asked };
  const scope = scopeOfReplacement({ id, members: [...members, ...others] }, { desired, observed }, request);
  return {
    only: [...(scope.only ?? [])],
    leaving: [...(scope.leaving ?? [])],
    anew: [...(scope.anew ?? [])],
  };
}

describe('what a change of replicas touches', () => {
  it('is those that come, and the holder of their database', () => {
    expect(scopeOf([1, 2, 3], {})).toEqual({ only: [web(3), holder], leaving: [], anew: [] });
  });

  it('is the holder also where some only leave', () => {
    expect(scopeOf([1], { retire: [web(2)] })).toEqual({ only: [holder], leaving: [web(2)], anew: [] });
    expect(scopeOf([], { retire: [web(1), web(2)] }).only).toEqual([holder]);
  });

  it('is those that are made anew in their places', () => {
    expect(scopeOf([1, 2], { recreate: [web(1)] })).toEqual({
      only: [web(1), holder],
      leaving: [],
      anew: [web(1)],
    });
  });

  it('is no holder that differs from its document otherwise', () => {
    expect(scopeOf([1, 2, 3], {}, { holderMiB: 512 }).only).toEqual([web(3)]);
  });

  it('is those that lack something, and the holder; nobody who only gets no more requests', () => {
    expect(scopeOf([1, 2], { finish: [web(2)] })).toEqual({ only: [web(2), holder], leaving: [], anew: [] });
    expect(scopeOf([1, 2], { leave: [web(2)] })).toEqual({ only: [], leaving: [], anew: [] });
  });

  it('is nothing where nothing is asked for', () => {
    expect(scopeOf([1, 2], {})).toEqual({ only: [], leaving: [], anew: [] });
  });
});
