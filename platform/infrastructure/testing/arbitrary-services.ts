import { readServices } from '@trencadis/availability';
import { brandId, sha256OfJson } from '@trencadis/ids';
import { readRadl } from '@trencadis/radl';
import fc from 'fast-check';
import type { DesiredBalancer, DesiredInfrastructure, ObservedInfrastructure } from '../model.ts';
import { planDeploy } from '../plan.ts';
import { balancerName, poolName } from '../resource-names.ts';
import { arbitraryDesired, arbitraryObserved, nothingObserved } from './arbitrary-infrastructure.ts';
import { simulatePlan } from './simulate-plan.ts';

interface Parts {
  /** Numbers of the VMs that are replicas of the service; all others are not. */
  readonly replicas: readonly number[];
  readonly balancer: 'none' | 'haproxy' | 'native';
  readonly port: number;
  readonly isMeasured: boolean;
  readonly hasHooks: boolean;
}

const arbitraryParts: fc.Arbitrary<Parts> = fc.record({
  replicas: fc.subarray([1, 2, 3, 4, 5], { minLength: 1 }),
  balancer: fc.constantFrom('none', 'haproxy', 'native'),
  port: fc.constantFrom(80, 8080),
  isMeasured: fc.boolean(),
  hasHooks: fc.boolean(),
});

/** {@link arbitraryDesired} with some of its VMs as replicas of a service, and one or none as its balancer. */
export const arbitraryServed: fc.Arbitrary<DesiredInfrastructure> = fc
  .tuple(arbitraryDesired, arbitraryParts)
  .map(([desired, parts]) => served(desired, parts));

function served(desired: DesiredInfrastructure, parts: Parts): DesiredInfrastructure {
  const vms = desired.vms.map((vm) => (parts.replicas.includes(vm.number) ? { ...vm, systemId: 'web' } : vm));
  const replicas = vms.filter(({ systemId }) => systemId === 'web');
  const host = vms.find(({ systemId }) => systemId !== 'web');
  const [spec] = readServices(readRadl(documentOf(parts)).document);
  if (spec === undefined || replicas.length === 0) return desired;
  const kind = parts.balancer === 'haproxy' && host === undefined ? 'native' : parts.balancer;
  const vmm = kind === 'haproxy' ? host?.vmm : replicas[0]?.vmm;
  if (kind === 'none' || vmm === undefined)
    return {
      ...desired,
      vms,
      services: [{ spec, replicas: replicas.map((each) => each.spec.name) }],
    };
  const plain: Omit<DesiredBalancer, 'digest'> = {
    name: balancerName(desired.id, spec.id),
    kind,
    vmm,
    hosts: kind === 'haproxy' && host ? [host.spec.name] : [],
    networks: [],
    isPair: false,
    frontends: [
      { name: 'web', port: parts.port, protocol: 'tcp', routes: [], defaultPool: poolName(spec.id) },
    ],
    pools: [],
  };
  const balancer = { ...plain, digest: sha256OfJson(plain) };
  const names = replicas.map((each) => each.spec.name);
  return {
    ...desired,
    vms,
    services: [{ spec, replicas: names, balancer: balancer.name }],
    balancers: [balancer],
  };
}

function documentOf({ balancer, port, isMeasured, hasHooks }: Parts): string {
  const features = [
    "system = 'web'",
    'replicas.max = 9',
    ...(balancer === 'none' ? [] : [`balancer.port = ${port}`]),
    ...(isMeasured ? ['scale.above = 80'] : []),
    ...(hasHooks ? ["hook.launch.command = 'true'", "hook.terminate.command = 'true'"] : []),
  ];
  return `system web ()\nservice web (${features.join(' and\n')})\ndeploy web`;
}

/** A world in which another document with a service was brought about, and some of it lost or changed since. */
export const arbitraryServedWorld: fc.Arbitrary<ObservedInfrastructure> = fc
  .tuple(arbitraryServed, arbitraryObserved, fc.subarray([1, 2, 3, 4, 5]), fc.boolean())
  .map(([other, bare, lost, isBare]) => {
    if (isBare) return bare;
    const before = { ...nothingObserved, updates: bare.updates };
    const steps = planDeploy(other, before, { hash: sha256OfJson });
    const whole = simulatePlan(steps, before, { desired: other });
    const gone = new Set(lost.map((number) => brandId('VmName', `${other.id}-front-${number}`)));
    return { ...whole, vms: whole.vms.filter(({ name }) => !gone.has(name)) };
  });
