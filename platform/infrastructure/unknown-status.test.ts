import type { Vm } from '@trencadis/vmm';
import { describe, expect, it } from 'vitest';
import { nothingObserved } from './testing/arbitrary-infrastructure.ts';
import {
  asDesired,
  conditionsOf,
  desired,
  keysOf,
  plan,
  spec,
  statusOf,
  vmWith,
} from './testing/status-cases.ts';

describe('while a VM manager cannot be asked', () => {
  const silent = { because: 'it does not answer: no route', why: 'no route', isPassing: true };
  const refusing = { because: 'it refuses', why: 'wrong token', isPassing: false };
  const outages = new Map([['memory', silent]]);
  const seen = { ...nothingObserved, configured: asDesired.configured };
  const peer = {
    ...desired.vms[0]!,
    vmm: 'second',
    ordinal: 1,
    spec: { ...spec, name: 'inf-peer-1' as Vm['name'], disks: [] },
  };
  const both = { ...desired, vms: [desired.vms[0]!, peer] };
  const network = { ...desired.networks[0]!, vmm: 'second', subnet: '10.0.0.0/24' };
  const vms = [vmWith({}), { ...vmWith({ name: peer.spec.name, disks: [] }), vmm: 'second' }];
  const withPeer = {
    ...nothingObserved,
    vms: [vms[1]!],
    networks: [network],
    configured: keysOf(both, vms),
  };
  const split = {
    desired: { ...both, networks: [...desired.networks, network] },
    lastPlan: plan('succeeded'),
  };

  it('its VMs are unknown, and nothing is said to be gone', () => {
    const lastPlan = plan('succeeded');
    const reason = 'unknown VmmNotAnswering: memory: no route';
    expect(statusOf({ observed: seen, outages, lastPlan })).toMatchObject({
      phase: 'unknown',
      vms: [{ status: 'unknown', isConfigured: true, addresses: {}, endpoints: [] }],
    });
    expect(conditionsOf({ observed: seen, outages, lastPlan })).toEqual({
      Provisioned: reason,
      Contextualized: reason,
      AsDesired: reason,
    });
  });

  it('because it refuses its credentials, that is said', () => {
    const { Provisioned } = conditionsOf({ observed: seen, outages: new Map([['memory', refusing]]) });
    expect(Provisioned).toBe('unknown CredentialsRejected: memory: wrong token');
  });

  it('what is seen at others is told, also of VMs that were configured with unknown ones', () => {
    const status = statusOf({ ...split, observed: withPeer, outages });
    expect(status.phase).toBe('unknown');
    expect(status.vms.map((vm) => [vm.status, vm.isConfigured])).toEqual([
      ['unknown', true],
      ['running', true],
    ]);
    expect(conditionsOf({ ...split, observed: withPeer, outages })['AsDesired']).toMatch(/^unknown Vmm/);
  });

  it('what is known to be wrong at others counts', () => {
    const observed = { ...withPeer, vms: [] };
    const status = statusOf({ ...split, observed, outages });
    expect([status.phase, status.vms[1]?.status]).toEqual(['degraded', 'absent']);
    expect(conditionsOf({ ...split, observed, outages })).toMatchObject({
      Provisioned: 'false VmsNotRunning: inf-peer-1 absent',
      AsDesired: 'false Drifted: vm-gone inf-peer-1',
    });
  });

  it('where none of the VMs are, only what drifted is unknown', () => {
    const elsewhere = { outages: new Map([['other', silent]]), lastPlan: plan('succeeded') };
    expect(statusOf(elsewhere).phase).toBe('unknown');
    expect(conditionsOf(elsewhere)).toEqual({
      Provisioned: 'true AllVmsRunning',
      Contextualized: 'true AllVmsConfigured',
      AsDesired: 'unknown VmmNotAnswering: other: no route',
    });
  });

  it.each([
    ['running', 'deploying'],
    ['stuck', 'stuck'],
    ['kept', 'failed'],
    ['planned', 'planned'],
  ] as const)('a plan that is %s leaves it %s', (saga, phase) => {
    expect(statusOf({ observed: seen, outages, lastPlan: plan(saga) }).phase).toBe(phase);
  });
});
