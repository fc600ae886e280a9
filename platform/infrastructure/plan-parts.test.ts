import { sha256OfJson } from '@trencadis/ids';
import type { OpenPorts } from '@trencadis/vmm';
import { describe, expect, it } from 'vitest';
import { deriveDrift } from './drift.ts';
import type { DesiredInfrastructure, DesiredMount, ObservedInfrastructure } from './model.ts';
import { networkProblems } from './network-problems.ts';
import { planDeploy } from './plan.ts';
import { digestOf } from './observe.ts';
import { vmName } from './resource-names.ts';
import { nothingObserved } from './testing/arbitrary-infrastructure.ts';
import { desiredFront, exampleInfrastructure } from './testing/examples.ts';
import { simulatePlan } from './testing/simulate-plan.ts';

const infrastructure = exampleInfrastructure('front');
const front = desiredFront(infrastructure);
const hash = sha256OfJson;
const [vm] = front.vms;
const mounts: readonly DesiredMount[] = vm!.spec.disks.map((disk) => ({ ...disk, fsType: 'ext4' }));
const https: OpenPorts = { protocol: 'tcp', from: 443, to: 443 };

const mounted: DesiredInfrastructure = { ...front, vms: [{ ...vm!, mounts }] };
const opened = (openPorts: readonly OpenPorts[]): DesiredInfrastructure => ({
  ...front,
  networks: front.networks.map((each) => ({ ...each, kind: 'public', openPorts })),
});

const stepsOf = (desired: DesiredInfrastructure, observed: ObservedInfrastructure) =>
  planDeploy(desired, observed, { hash });
const deployed = (desired: DesiredInfrastructure) =>
  simulatePlan(stepsOf(desired, nothingObserved), nothingObserved, { desired });
const driftOf = (desired: DesiredInfrastructure, observed: ObservedInfrastructure, repaired: string[] = []) =>
  deriveDrift(desired, observed, { infrastructure, repairedSystems: new Set(repaired), hash });
const idsOf = (desired: DesiredInfrastructure, observed: ObservedInfrastructure) =>
  stepsOf(desired, observed).map(({ id }) => id.split(':')[0]);

describe('disks that the platform mounts', () => {
  it('are mounted between the VM’s answer and its configuration', () => {
    expect(idsOf(mounted, nothingObserved)).toEqual([
      'create-network',
      'create-disk',
      'create-vm',
      'await-shell',
      'mount-disks',
      'configure-vm',
    ]);
    expect(idsOf(mounted, deployed(mounted))).toEqual([]);
  });

  it('are unmounted before they leave a VM that runs', () => {
    const less = { ...mounted, disks: [], vms: [{ ...vm!, mounts: [], spec: { ...vm!.spec, disks: [] } }] };
    const before = deployed(mounted);
    expect(idsOf(less, before)).toEqual([
      'unmount-disks',
      'update-vm',
      'await-shell',
      'mount-disks',
      'delete-disk',
    ]);
    const [unmount, update] = stepsOf(less, before);
    expect(update?.after).toContain(unmount?.id);
    expect(idsOf(less, simulatePlan(stepsOf(less, before), before, { desired: less }))).toEqual([]);
    const off = { ...before, vms: before.vms.map((each) => ({ ...each, status: 'stopped' as const })) };
    expect(idsOf(less, off)).not.toContain('unmount-disks');
  });

  it('that were not mounted are found, and mounted', () => {
    const before = { ...deployed(mounted), configured: deployed(front).configured };
    expect(idsOf(mounted, before)).toEqual(['mount-disks']);
    expect(driftOf(mounted, before)).toMatchObject([{ kind: 'vm-not-mounted', subject: vm!.spec.name }]);
  });
});

describe('ports of a network that is there', () => {
  const before = deployed(opened([]));

  it('are opened and closed, and nothing else happens', () => {
    const [step, ...others] = stepsOf(opened([https]), before);
    expect(others).toEqual([]);
    expect(step).toMatchObject({
      kind: 'update-network@1',
      args: { previous: [], spec: { openPorts: [https] } },
    });
    expect(step?.title).toMatch(/^change network .* in place \(open 443\/tcp\)$/);
  });

  it('that differ are drift, which is mended where the system is repaired', () => {
    const drift = { kind: 'network-ports', expected: 'ports 443/tcp', observed: 'no ports' };
    expect(driftOf(opened([https]), before)).toMatchObject([{ ...drift, isRepaired: false }]);
    expect(driftOf(opened([https]), before, [vm!.systemId])).toMatchObject([{ ...drift, isRepaired: true }]);
  });

  it('make a plan stale when they change', () => {
    expect(digestOf(before)).not.toBe(digestOf(deployed(opened([https]))));
  });
});

describe('a network that is there', () => {
  const observed = deployed(front).networks;
  const document = { networks: [] } as unknown as Parameters<typeof networkProblems>[0];
  const problemsOf = (changes: Partial<DesiredInfrastructure['networks'][number]>, vms = front.vms) => {
    const networks = front.networks.map((each) => ({ ...each, ...changes }));
    return networkProblems(document, { ...front, networks, vms }, observed).map(
      ({ severity, message }) => `${severity}: ${message}`,
    );
  };

  it('keeps its kind, its range and whose it is', () => {
    expect(problemsOf({})).toEqual([]);
    expect(problemsOf({ kind: 'public' })).toEqual([
      'error: Network private is there at memory already, a private one.',
    ]);
    expect(problemsOf({ subnet: '10.9.0.0/24' })).toEqual([
      'warning: Network private is there at memory already, with the range 10.0.0.0/24.',
    ]);
    const interfaces = vm!.spec.interfaces.map((each) => ({ ...each, address: '10.9.0.7' }));
    const asking = [{ ...vm!, spec: { ...vm!.spec, interfaces } }];
    expect(problemsOf({ subnet: '10.9.0.0/24' }, asking)[0]).toMatch(/^error: .* with the range/);
    expect(problemsOf({ providerNetwork: 'ext' })).toEqual([
      'error: Network private is there at memory already, one that was made for it.',
    ]);
  });
});

it('makes VMs that ask for an address before others of their network, which might be given it', () => {
  const other = { ...vm!.spec, name: vmName(infrastructure.id, 'other', 1), disks: [] };
  const interfaces = other.interfaces.map((each) => ({ ...each, address: '10.0.0.9' }));
  const asking = { ...vm!, systemId: 'other', configurations: [], spec: { ...other, interfaces } };
  const steps = stepsOf({ ...front, vms: [vm!, asking] }, nothingObserved);
  const afterOf = (name: string) => steps.find(({ id }) => id.startsWith(`create-vm:${name}@`))?.after;
  expect(afterOf(vm!.spec.name)).toContain(`create-vm:${other.name}@memory`);
  expect(afterOf(other.name)).not.toContain(`create-vm:${vm!.spec.name}@memory`);
});
