import { type DiskName, type InfrastructureId, type Sha256, brandId, sha256OfJson } from '@trencadis/ids';
import type { ConfiguredKeys, ObservedInfrastructure } from './model.ts';
import {
  type Outage,
  type Outages,
  type Patience,
  askInTime,
  asking,
  lookingMs,
  outageOf,
  patienceOf,
  planningMs,
} from './outage.ts';
import { addressText } from './configuration-key.ts';
import { wordsOf } from './decide-ports.ts';
import { persistentTag } from './resource-names.ts';
import type { StepWorld } from './step-world.ts';

export interface ObservationTarget {
  readonly id: InfrastructureId;
  /** Keys of the VM managers to ask. */
  readonly vmms: readonly string[];
  /** Of those that a document asks for, the ones that outlive infrastructures; `all`: whosever they are. */
  readonly persistentDisks: readonly DiskName[] | 'all';
}

/** What can be known while some VM managers cannot be asked: nothing of theirs is in it. */
export interface PartialObservation extends ObservedInfrastructure {
  readonly outages: Outages;
}

type ObservedWorld = Pick<StepWorld, 'vmms'> & { readonly store: Pick<StepWorld['store'], 'configuredKeys'> };

/** What carries the infrastructure's tag at those VM managers now, plus what each VM was last brought to. */
export async function observe(
  world: ObservedWorld,
  { id, vmms, persistentDisks }: ObservationTarget,
  signal: AbortSignal,
  patience: Patience = patienceOf(planningMs),
): Promise<ObservedInfrastructure> {
  const sites = vmms.map((vmm) =>
    asking(vmm, (until) => observeSite(world, { id, vmm, persistentDisks }, until), { signal, patience }),
  );
  const [configured, answers] = await Promise.all([world.store.configuredKeys(id), Promise.all(sites)]);
  return joined(configured, answers);
}

/** As {@link observe}, of the VM managers that answer soon. */
export async function observeWhatAnswers(
  world: ObservedWorld,
  { id, vmms, persistentDisks }: ObservationTarget,
  signal: AbortSignal,
): Promise<PartialObservation> {
  const patience = patienceOf(lookingMs);
  const outages = new Map<string, Outage>();
  const sites = vmms.map(async (vmm) => {
    try {
      const ask = (until: AbortSignal) => observeSite(world, { id, vmm, persistentDisks }, until);
      return [await askInTime(ask, { signal, patience })];
    } catch (error) {
      const outage = outageOf(error);
      if (outage === undefined) throw error;
      outages.set(vmm, outage);
      return [];
    }
  });
  const [configured, answers] = await Promise.all([world.store.configuredKeys(id), Promise.all(sites)]);
  return { ...joined(configured, answers.flat()), outages };
}

function joined(
  configured: ConfiguredKeys,
  sites: readonly Awaited<ReturnType<typeof observeSite>>[],
): ObservedInfrastructure {
  return {
    vms: sites.flatMap(({ vms }) => vms),
    networks: sites.flatMap(({ networks }) => networks),
    disks: sites.flatMap(({ disks }) => disks),
    updates: Object.fromEntries(sites.map(({ vmm, update }) => [vmm, update])),
    configured,
  };
}

async function observeSite(
  { vmms }: Pick<StepWorld, 'vmms'>,
  { id, vmm, persistentDisks }: Omit<ObservationTarget, 'vmms'> & { readonly vmm: string },
  signal: AbortSignal,
) {
  const driver = await vmms.open(vmm);
  const { networks, disks, update } = driver.capabilities;
  const tag = brandId('Tag', id);
  const wanted = persistentDisks === 'all' ? undefined : new Set(persistentDisks);
  const [vms, ownNetworks, ownDisks, persistent] = await Promise.all([
    driver.listVms(tag, signal),
    networks ? driver.networks.listNetworks(tag, signal) : [],
    disks ? driver.disks.listDisks(tag, signal) : [],
    disks && wanted?.size !== 0 ? driver.disks.listDisks(persistentTag, signal) : [],
  ]);
  return {
    vmm,
    update,
    vms: vms.map((vm) => ({ ...vm, vmm })),
    networks: ownNetworks.map((network) => ({ ...network, vmm })),
    disks: [...ownDisks, ...persistent.filter(({ name }) => wanted?.has(name) ?? true)].map((disk) => ({
      ...disk,
      vmm,
    })),
  };
}

/** Changes with everything that a plan builds on: what there is, in which state, with which addresses. */
export function digestOf({ vms, networks, disks, configured }: ObservedInfrastructure): Sha256 {
  const inOrder = (texts: readonly string[]) => texts.toSorted();
  return sha256OfJson([
    inOrder(
      vms.map((vm) => {
        const addresses = vm.addresses.map(addressText);
        const attached = vm.disks.map(({ disk, mountPath }) => `${disk}=${mountPath}`);
        const { name, vmm, status, cpuCount, memoryMiB, image } = vm;
        const type = [vm.instanceType, vm.zone].filter((each) => each !== undefined);
        const parts = [vmm, name, status, cpuCount, memoryMiB, image.digest, ...type];
        return [...parts, ...addresses, ...attached].join(' ');
      }),
    ),
    inOrder(networks.map(({ vmm, name, openPorts = [] }) => [vmm, name, ...wordsOf(openPorts)].join(' '))),
    inOrder(disks.map(({ vmm, name }) => `${vmm} ${name}`)),
    inOrder(
      Object.entries(configured).flatMap(([name, stages]) =>
        Object.entries(stages).map((each) => `${name} ${each.join(' ')}`),
      ),
    ),
  ]);
}
