import { sha256OfText } from '@trencadis/ids';
import type { SagaStatus } from '@trencadis/saga';
import type { Vm } from '@trencadis/vmm';
import { describe, expect, it } from 'vitest';
import type { ObservedVm, PlanKind } from './model.ts';
import { nothingObserved } from './testing/arbitrary-infrastructure.ts';
import {
  type Changes,
  asDesired,
  conditionsOf,
  desired,
  infrastructure,
  keysOf,
  plan,
  spec,
  statusOf,
  vmWith,
} from './testing/status-cases.ts';

describe('phase', () => {
  const cases: readonly [SagaStatus | undefined, PlanKind, { asDesired: string; otherwise: string }][] = [
    [undefined, 'deploy', { asDesired: 'deployed', otherwise: 'planned' }],
    ['planned', 'deploy', { asDesired: 'deployed', otherwise: 'planned' }],
    ['running', 'deploy', { asDesired: 'deploying', otherwise: 'deploying' }],
    ['undoing', 'deploy', { asDesired: 'deploying', otherwise: 'deploying' }],
    ['running', 'destroy', { asDesired: 'destroying', otherwise: 'destroying' }],
    ['undoing', 'destroy', { asDesired: 'destroying', otherwise: 'destroying' }],
    ['succeeded', 'deploy', { asDesired: 'deployed', otherwise: 'degraded' }],
    ['undone', 'deploy', { asDesired: 'failed', otherwise: 'failed' }],
    ['kept', 'deploy', { asDesired: 'failed', otherwise: 'failed' }],
    ['kept', 'destroy', { asDesired: 'failed', otherwise: 'failed' }],
    ['stuck', 'deploy', { asDesired: 'stuck', otherwise: 'stuck' }],
    ['running', 'stop', { asDesired: 'deploying', otherwise: 'deploying' }],
    ['succeeded', 'stop', { asDesired: 'deployed', otherwise: 'degraded' }],
    ['undone', 'add', { asDesired: 'deployed', otherwise: 'failed' }],
    ['kept', 'alter', { asDesired: 'deployed', otherwise: 'failed' }],
    ['stuck', 'alter', { asDesired: 'stuck', otherwise: 'stuck' }],
  ];
  for (const [saga, kind, expected] of cases) {
    it(`of a ${kind} plan that is ${saga ?? 'not there'}: ${expected.asDesired}, ${expected.otherwise}`, () => {
      const lastPlan = saga && plan(saga, kind);
      expect(statusOf({ lastPlan }).phase).toBe(expected.asDesired);
      expect(statusOf({ lastPlan, observed: nothingObserved }).phase).toBe(expected.otherwise);
    });
  }

  it('is destroyed once that is written, whatever else is there', () => {
    const destroyed = { ...infrastructure, isDestroyRequested: true, destroyedAt: new Date(1) };
    for (const saga of ['running', 'kept', 'succeeded'] as const)
      expect(statusOf({ infrastructure: destroyed, lastPlan: plan(saga, 'destroy') }).phase).toBe(
        'destroyed',
      );
  });

  it('of a document that cannot be resolved any more is not deployed', () => {
    expect(statusOf({ desired: undefined, lastPlan: plan('succeeded') }).phase).toBe('degraded');
  });
});

describe('conditions', () => {
  it('hold when every VM runs and is configured as wanted', () => {
    expect(conditionsOf({})).toMatchObject({
      Provisioned: 'true AllVmsRunning',
      Contextualized: 'true AllVmsConfigured',
    });
  });

  it('tell whether all is as desired, and what is not', () => {
    const asDesiredOf = (changes: Changes) => conditionsOf(changes)['AsDesired'];
    expect(asDesiredOf({ lastPlan: plan('succeeded') })).toBe('true NothingDrifted');
    const observed = { ...asDesired, vms: [vmWith({ memoryMiB: 256 })], disks: [] };
    const drifted = `false Drifted: vm-resized ${spec.name}, disk-gone ${spec.disks[0]!.disk}`;
    for (const saga of ['succeeded', 'undone', 'kept', 'stuck'] as const)
      expect(asDesiredOf({ observed, lastPlan: plan(saga) })).toBe(drifted);
    expect(statusOf({ observed, lastPlan: plan('succeeded') }).phase).toBe('degraded');
    for (const saga of ['running', 'undoing'] as const)
      expect(asDesiredOf({ observed, lastPlan: plan(saga) })).toBe('unknown PlanRunning');
    expect(asDesiredOf({ observed })).toBe('unknown NothingApplied');
    expect(asDesiredOf({})).toBe('true NothingDrifted');
    expect(asDesiredOf({ desired: undefined, lastPlan: plan('succeeded') })).toBe('unknown NothingDesired');
  });

  it('are unknown when nothing is desired', () => {
    const unknown = { Provisioned: 'unknown NothingDesired', Contextualized: 'unknown NothingDesired' };
    expect(conditionsOf({ desired: undefined })).toMatchObject(unknown);
    expect(conditionsOf({ desired: { ...desired, vms: [] } })).toMatchObject(unknown);
  });

  it('name the VM that is not there', () => {
    expect(conditionsOf({ observed: nothingObserved })).toMatchObject({
      Provisioned: `false VmsNotRunning: ${spec.name} absent`,
      Contextualized: `false VmsNotConfigured: ${spec.name}`,
    });
  });

  for (const status of ['creating', 'stopped', 'failed'] as const) {
    it(`name the VM that is ${status}`, () => {
      const observed = { ...asDesired, vms: [vmWith({ status })] };
      expect(conditionsOf({ observed })['Provisioned']).toBe(`false VmsNotRunning: ${spec.name} ${status}`);
    });
  }

  it('tell a VM configured by another document', () => {
    const observed = {
      ...asDesired,
      configured: { [spec.name]: { '1:puppet': sha256OfText('an older one') } },
    };
    expect(conditionsOf({ observed })).toMatchObject({
      Provisioned: 'true AllVmsRunning',
      Contextualized: `false VmsNotConfigured: ${spec.name}`,
    });
  });

  it('tell a VM whose peer has another address than it was configured with', () => {
    const peer = { ...desired.vms[0]!, configurations: [], spec: { ...spec, name: 'peer' as Vm['name'] } };
    const both = { ...desired, vms: [{ ...desired.vms[0]!, peers: [peer.spec.name] }, peer] };
    const vms = [vmWith({}), vmWith({ name: peer.spec.name })];
    const configured = keysOf(both, vms);
    const moved = { network: spec.interfaces[0]!.network, address: '10.0.0.99' };
    const reasonFor = (...there: ObservedVm[]) =>
      conditionsOf({ desired: both, observed: { ...asDesired, vms: there, configured } })['Contextualized'];
    expect(reasonFor(...vms)).toBe('true AllVmsConfigured');
    expect(reasonFor(vms[0]!, { ...vms[1]!, addresses: [moved] })).toContain(
      `VmsNotConfigured: ${spec.name}`,
    );
    expect(reasonFor(vms[0]!)).toContain(`VmsNotConfigured: ${spec.name}`);
  });

  it('tell a VM with one step of two done', () => {
    const [vm] = desired.vms;
    const two = { ...vm!, configurations: [vm!.configurations[0]!, { ...vm!.configurations[0]!, step: 2 }] };
    expect(conditionsOf({ desired: { ...desired, vms: [two] } })['Contextualized']).toBe(
      `false VmsNotConfigured: ${spec.name}`,
    );
  });

  it('hold for a VM that shall be off and is, or is not there at all, whatever it was configured with', () => {
    const off = { ...desired, vms: [{ ...desired.vms[0]!, isStopped: true }] };
    const holds = { Provisioned: 'true AllVmsRunning', Contextualized: 'true AllVmsConfigured' };
    for (const vms of [[], [vmWith({ status: 'stopped' })]])
      expect(conditionsOf({ desired: off, observed: { ...nothingObserved, vms } })).toMatchObject(holds);
    expect(conditionsOf({ desired: off })['Provisioned']).toBe(`false VmsNotRunning: ${spec.name} running`);
  });

  it('do not take a VM of the name at another VM manager for it', () => {
    const observed = { ...asDesired, vms: [{ ...vmWith({}), vmm: 'second' }] };
    expect(conditionsOf({ observed })['Provisioned']).toBe(`false VmsNotRunning: ${spec.name} absent`);
  });

  it('hold for a VM that asks for no configuration', () => {
    const bare = { ...desired.vms[0]!, configurations: [] };
    const observed = { ...asDesired, configured: {} };
    const { Contextualized } = conditionsOf({ desired: { ...desired, vms: [bare] }, observed });
    expect(Contextualized).toBe('true AllVmsConfigured');
  });
});

describe('view of a VM', () => {
  it('gives addresses by the document’s networks, and endpoints on the first', () => {
    const [vm] = statusOf({}).vms;
    expect(vm).toEqual({
      name: spec.name,
      systemId: 'front',
      vmm: 'memory',
      ordinal: 0,
      status: 'running',
      isStopped: false,
      isConfigured: true,
      addresses: { private: '10.0.0.2' },
      endpoints: ['https://10.0.0.2:8443'],
    });
  });

  it('has no address and no endpoint while there is none', () => {
    const observed = { ...asDesired, vms: [vmWith({ addresses: [], status: 'creating' })] };
    expect(statusOf({ observed }).vms[0]).toMatchObject({ addresses: {}, endpoints: [] });
    expect(statusOf({ observed: nothingObserved }).vms[0]).toMatchObject({ addresses: {}, endpoints: [] });
  });

  it('says what the VM manager says of a failure', () => {
    const observed = { ...asDesired, vms: [vmWith({ status: 'failed', failure: 'its host broke' })] };
    expect(statusOf({ observed }).vms[0]?.failure).toBe('its host broke');
  });

  it('is not shown for what carries the tag and is not desired', () => {
    const observed = { ...asDesired, vms: [...asDesired.vms, vmWith({ name: 'inf-other' as Vm['name'] })] };
    expect(statusOf({ observed }).vms).toHaveLength(1);
  });
});

describe('a VM that outsiders reach elsewhere', () => {
  it('shows that address, and answers there', () => {
    const [own] = vmWith({}).addresses;
    const addresses = [{ ...own!, publicAddress: '203.0.113.7' }];
    const vms = [vmWith({ addresses, instanceType: 't3.small', zone: 'eu-1a' })];
    const [view] = statusOf({ observed: { ...asDesired, vms } }).vms;
    expect(view).toMatchObject({
      addresses: { private: '10.0.0.2' },
      publicAddresses: { private: '203.0.113.7' },
      instanceType: 't3.small',
      zone: 'eu-1a',
    });
    for (const endpoint of view?.endpoints ?? []) expect(endpoint).toContain('203.0.113.7');
  });
});
