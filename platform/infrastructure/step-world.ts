import type { Clock } from '@trencadis/clock';
import type { Component, ComponentRepository } from '@trencadis/component-repository';
import type { Configurator, FetchOrder, RemoteShellDriver } from '@trencadis/contextualization';
import { PlatformError } from '@trencadis/errors';
import type { Sha256, VmName } from '@trencadis/ids';
import type { ImageReference, Vm, VmmDirectory, VmmDriver } from '@trencadis/vmm';
import type { BalancerDirectory } from './services/balancer-directory.ts';
import type { ScalingGroupDirectory } from './services/scaling-group-directory.ts';
import type { InfrastructureStore } from './store.ts';
import type { Vault } from './vault.ts';

/** What steps work with. They share nothing else but the plan and what is observed. */
export interface StepWorld {
  readonly vmms: VmmDirectory;
  readonly shells: RemoteShellDriver;
  readonly configurators: ReadonlyMap<string, Configurator>;
  readonly components: ComponentRepository;
  /** Without it components are pushed to machines over SSH. */
  readonly delivery?: ComponentDelivery;
  /** Without it snapshots are made and not in the image catalog. */
  readonly snapshots?: SnapshotCatalog;
  /** Without it no service is balanced. */
  readonly balancers?: BalancerDirectory;
  /** Without it the platform keeps all replicas. */
  readonly scalingGroups?: ScalingGroupDirectory;
  readonly store: InfrastructureStore;
  readonly vault: Vault;
  readonly clock: Clock;
  /** How long a VM may take until it lets the administrator in; default 300 s. */
  readonly bootDeadlineMs?: number;
  /** How long a replica may take until it passes its checks; default 300 s. */
  readonly readinessDeadlineMs?: number;
}

/** Lets machines fetch components from the platform over HTTPS. */
export interface ComponentDelivery {
  order(component: Component, vmName: VmName): Promise<FetchOrder>;
}

/** Takes up an image that was made from a VM, so that documents can ask for it. Again: changes nothing. */
export interface SnapshotCatalog {
  register(snapshot: Snapshot): Promise<void>;
}

export interface Snapshot {
  readonly owner: string;
  readonly name: string;
  /** Key of the VM manager that has it. */
  readonly vmm: string;
  /** Of that VM manager, as the catalog's artifacts name it. */
  readonly product: string;
  readonly image: ImageReference;
  /** Of the image that the VM was made from, whose facts it shares. */
  readonly madeFrom: Sha256;
}

/** The driver of a VM manager, by its key. */
export function vmmOf(world: Pick<StepWorld, 'vmms'>, key: string): Promise<VmmDriver> {
  return world.vmms.open(key);
}

export async function getVm(
  world: Pick<StepWorld, 'vmms'>,
  { vmm, name }: { readonly vmm: string; readonly name: VmName },
  signal: AbortSignal,
): Promise<Vm> {
  const driver = await vmmOf(world, vmm);
  const vm = await driver.describeVm(name, signal);
  if (!vm)
    throw new PlatformError('not-found', `VM ${name} is not at VM manager '${vmm}' any more.`, {
      subject: name,
    });
  return vm;
}
