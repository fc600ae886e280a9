import type { VmName } from '@trencadis/ids';
import { type DecidedVm, placeOf } from './decide-changes.ts';
import type { DesiredInfrastructure, ObservedInfrastructure } from './model.ts';
import type { Removed } from './plan-removal.ts';
import { persistentTag } from './resource-names.ts';
import { memberStage } from './services/service-stages.ts';

type Place = Parameters<typeof placeOf>[0];

/** Those VMs, with their disks and the networks that they need to be on. */
export function onlyWith(whole: DesiredInfrastructure, only: ReadonlySet<VmName>): DesiredInfrastructure {
  const vms = whole.vms.filter(({ spec }) => only.has(spec.name));
  const used = new Set(
    vms.flatMap(({ vmm, isStopped, spec: { disks, interfaces } }) => [
      ...disks.map(({ disk }) => placeOf({ vmm, name: disk })),
      ...(isStopped ? [] : interfaces.map(({ network }) => placeOf({ vmm, name: network }))),
    ]),
  );
  const isUsed = (place: Place) => used.has(placeOf(place));
  return { ...whole, vms, disks: whole.disks.filter(isUsed), networks: whole.networks.filter(isUsed) };
}

/**
 * Whether a replica that gets requests is left as it is by a plan that brings everything about: it is brought to what
 * is desired in its turn, while others take its requests (RS-12). One that was lost is made again at once.
 */
export function isHeld(
  { services }: DesiredInfrastructure,
  { configured }: ObservedInfrastructure,
  { vm, observed }: DecidedVm,
): boolean {
  if (vm.isStopped || observed?.status !== 'running') return false;
  const kept = configured[vm.spec.name] ?? {};
  return services.some(
    ({ spec }) => spec.systemId === vm.systemId && kept[memberStage(spec.id)] !== undefined,
  );
}

/** Those VMs, with the disks that are attached to them and do not outlive them. */
export function leavingOnly(
  observed: ObservedInfrastructure,
  names: ReadonlySet<VmName> = new Set(),
): Removed {
  const vms = observed.vms.filter(({ name }) => names.has(name));
  const attached = new Set(
    vms.flatMap(({ vmm, disks }) => disks.map(({ disk }) => placeOf({ vmm, name: disk }))),
  );
  const isOwn = (place: Place & { readonly tag: string }) =>
    attached.has(placeOf(place)) && place.tag !== persistentTag;
  return { vms, disks: observed.disks.filter(isOwn), networks: [] };
}
