import { readServices } from '@trencadis/availability';
import { brandId, sha256OfJson } from '@trencadis/ids';
import { readRadl } from '@trencadis/radl';
import fc from 'fast-check';
import type { DesiredBalancer, DesiredInfrastructure, ObservedInfrastructure } from '../model.ts';
import { planDeploy } from '../plan.ts';
import { balancerName, poolName } from '../resource-names.ts';
import { arbitraryDesired, arbitraryObserved, nothingObserved } from './arbitrary-infrastructure.ts';
import { simulatePlan } from './simulate-plan.ts';

/** VMs of these numbers are replicas, the others are not: a name tells its system. */
const replicaNumbers: ReadonlySet<number> = new Set([2, 3, 4]);

interface Parts {
  readonly balancer: 'none' | 'haproxy' | 'native';
  readonly port: number;
  readonly isMeasured: boolean;
  readonly hasHooks: boolean;
  /** Numbers of replicas. */
  readonly standby: readonly number[];
}

const arbitraryParts: fc.Arbitrary<Parts> = fc.record({
  balancer: fc.constantFrom('none', 'haproxy', 'native'),
  port: fc.constantFrom(80, 8080),
  isMeasured: fc.boolean(),
  hasHooks: fc.boolean(),
  standby: fc.subarray([2, 3, 4], { maxLength: 1 }),
});

/** {@link arbitraryDesired} with some of its VMs as replicas of a service, and one or none as its balancer. */
export const arbitraryServed: fc.Arbitrary<DesiredInfrastructure> = fc
  .tuple(arbitraryDesired, arbitraryParts)
  .map(([desired, parts]) => served(desired, parts));

function served(desired: DesiredInfrastructure, parts: Parts): DesiredInfrastructure {
  const vms = desired.vms.map((vm) => {
    if (!replicaNumbers.has(vm.number)) return vm;
    const isStandby = parts.standby.includes(vm.number);
    return { ...vm, systemId: 'web', ...(isStandby ? { isStandby } : {}) };
  });
  const replicas = vms.filter(({ systemId }) => systemId === 'web');
  const [spec] = readServices(readRadl(documentOf(parts)).document);
  if (spec === undefined || replicas.length === 0) return desired;
  const balancer = balancerOf({ ...desired, vms }, parts);
  const service = { spec, replicas: replicas.map((each) => each.spec.name) };
  return balancer === undefined
    ? { ...desired, vms, services: [service] }
    : { ...desired, vms, services: [{ ...service, balancer: balancer.name }], balancers: [balancer] };
}

function balancerOf({ id, vms }: DesiredInfrastructure, { balancer: kind, port }: Parts) {
  if (kind === 'none') return undefined;
  const isHost = ({ systemId }: DesiredInfrastructure['vms'][number]) =>
    (systemId !== 'web') === (kind === 'haproxy');
  const place = vms.find(isHost);
  if (place === undefined) return undefined;
  const pool = poolName('web');
  const plain: Omit<DesiredBalancer, 'digest'> = {
    name: balancerName(id, 'web'),
    kind,
    vmm: place.vmm,
    hosts: kind === 'haproxy' ? [place.spec.name] : [],
    networks: [],
    isPair: false,
    frontends: [{ name: 'web', port, protocol: 'tcp', routes: [], defaultPool: pool }],
    pools: [],
  };
  return { ...plain, digest: sha256OfJson(plain) };
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
