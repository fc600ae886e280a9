import { newPlanId, sha256OfJson } from '@trencadis/ids';
import type { SagaStatus } from '@trencadis/saga';
import type { Vm } from '@trencadis/vmm';
import { PeerAddresses, stageOf } from '../configuration-key.ts';
import { type StatusInputs, deriveStatus } from '../derive-status.ts';
import type {
  ConfiguredKeys,
  DesiredInfrastructure,
  DesiredVm,
  InfrastructureStatus,
  ObservedInfrastructure,
  ObservedVm,
  PlanKind,
} from '../model.ts';
import type { Outages } from '../outage.ts';
import { networkName } from '../resource-names.ts';
import { nothingObserved } from './arbitrary-infrastructure.ts';
import { desiredFront, exampleInfrastructure } from './examples.ts';

export const infrastructure = exampleInfrastructure('front');
export const desired = desiredFront(infrastructure);
const [front] = desired.vms;
export const spec = (front as DesiredVm).spec;

export const asDesired: ObservedInfrastructure = {
  ...nothingObserved,
  networks: desired.networks.map((network) => ({ ...network, subnet: '10.0.0.0/24' })),
  disks: desired.disks,
  vms: [vmWith({})],
  configured: keysOf(desired, [vmWith({})]),
};

/** As if each of these VMs had been configured while exactly they were there. */
export function keysOf({ vms }: DesiredInfrastructure, there: readonly ObservedVm[]): ConfiguredKeys {
  const addresses = new PeerAddresses(there, sha256OfJson);
  return Object.fromEntries(
    vms.map(({ spec: { name }, peers, configurations: own }) => [
      name,
      Object.fromEntries(own.map((each) => [stageOf(each), addresses.keyOf({ name, peers }, each)])),
    ]),
  );
}

export function vmWith(changes: Partial<Vm>): ObservedVm {
  const { name, tag, image, cpuCount, memoryMiB, disks } = spec;
  const addresses = [
    {
      network: spec.interfaces[0]?.network ?? networkName(infrastructure.id, 'private'),
      address: '10.0.0.2',
    },
  ];
  return {
    name,
    tag,
    image,
    cpuCount,
    memoryMiB,
    addresses,
    disks,
    hostKeys: [],
    status: 'running',
    vmm: 'memory',
    ...changes,
  };
}

export function plan(saga: SagaStatus, kind: PlanKind = 'deploy'): InfrastructureStatus['lastPlan'] {
  return { id: newPlanId(), kind, saga, steps: [] };
}

export interface Changes extends Partial<Omit<StatusInputs, 'observed'>> {
  readonly observed?: ObservedInfrastructure;
  readonly outages?: Outages;
}

export function statusOf({
  observed = asDesired,
  outages = new Map(),
  ...changes
}: Changes): InfrastructureStatus {
  return deriveStatus({
    infrastructure,
    desired,
    lastPlan: undefined,
    hash: sha256OfJson,
    ...changes,
    observed: { ...observed, outages },
  });
}

export function conditionsOf(changes: Changes): Readonly<Record<string, string>> {
  return Object.fromEntries(
    statusOf(changes).conditions.map(({ type, status, reason }) => [type, `${status} ${reason}`]),
  );
}
