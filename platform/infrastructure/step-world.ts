import type { Clock } from '@trencadis/clock';
import type { Component, ComponentRepository } from '@trencadis/component-repository';
import type { Configurator, FetchOrder, RemoteShellDriver } from '@trencadis/contextualization';
import { PlatformError } from '@trencadis/errors';
import type { VmName } from '@trencadis/ids';
import type { Vm, VmmDriver } from '@trencadis/vmm';
import type { InfrastructureStore } from './store.ts';
import type { Vault } from './vault.ts';

/** What steps work with. They share nothing else but the plan and what is observed. */
export interface StepWorld {
  /** By the name that `deploy X N NAME` uses. */
  readonly vmms: ReadonlyMap<string, VmmDriver>;
  readonly shells: RemoteShellDriver;
  readonly configurators: ReadonlyMap<string, Configurator>;
  readonly components: ComponentRepository;
  /** Without it components are pushed to machines over SSH. */
  readonly delivery?: ComponentDelivery;
  readonly store: InfrastructureStore;
  readonly vault: Vault;
  readonly clock: Clock;
}

/** Lets machines fetch components from the platform over HTTPS. */
export interface ComponentDelivery {
  order(component: Component, vmName: VmName): Promise<FetchOrder>;
}

export function vmmOf(world: Pick<StepWorld, 'vmms'>, name: string): VmmDriver {
  const vmm = world.vmms.get(name);
  if (!vmm) {
    const known = [...world.vmms.keys()].join(', ');
    throw new PlatformError('not-found', `No VM manager is called '${name}' here; there are: ${known}.`, {
      subject: name,
    });
  }
  return vmm;
}

export async function getVm(
  world: Pick<StepWorld, 'vmms'>,
  { vmm, name }: { readonly vmm: string; readonly name: VmName },
  signal: AbortSignal,
): Promise<Vm> {
  const vm = await vmmOf(world, vmm).describeVm(name, signal);
  if (!vm)
    throw new PlatformError('not-found', `VM ${name} is not at VM manager '${vmm}' any more.`, {
      subject: name,
    });
  return vm;
}
