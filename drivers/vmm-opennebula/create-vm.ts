import type { Vm, VmSpec } from '@trencadis/vmm';
import { checkSpec } from './check-spec.ts';
import { heldByOther } from './errors.ts';
import { type OneVm, readVm, toVm } from './one-vm.ts';
import { rootSourceOf } from './root-source.ts';
import type { Site } from './site.ts';
import { terminate } from './terminate-vm.ts';
import { findVmById, ownVmElements, ownVms, refuseForeign, remembered, vanished } from './vm-pool.ts';
import { vmTemplate } from './vm-template.ts';

/**
 * OpenNebula does not know that two creations are the same one. So a VM is looked for before it is made; and after it
 * is made, for another process may have done the same at the same moment: then the older one stays.
 */
export async function createVm(site: Site, spec: VmSpec, signal: AbortSignal): Promise<Vm> {
  checkSpec(spec);
  const elements = await ownVmElements(site, signal);
  const [existing] = elements
    .flatMap((element) => readVm(element) ?? [])
    .filter((vm) => vm.name === spec.name)
    .toSorted((one, other) => one.id - other.id);
  if (existing !== undefined) {
    if (existing.tag !== spec.tag) throw heldByOther('VM', spec.name, existing.tag);
    return toVm(site, existing);
  }
  refuseForeign(elements, spec.name);
  const id = await allocate(site, spec, signal);
  return toVm(site, await oldest(site, { id, spec }, signal));
}

async function allocate(site: Site, spec: VmSpec, signal: AbortSignal): Promise<number> {
  const source = await rootSourceOf(site, spec, signal);
  const template = await vmTemplate(site, { spec, source }, signal);
  return source.kind === 'image'
    ? site.oned.id('one.vm.allocate', [template, false], signal)
    : site.oned.id('one.template.instantiate', [source.id, spec.name, false, template, false], signal);
}

interface Made {
  readonly id: number;
  readonly spec: VmSpec;
}

async function oldest(site: Site, { id, spec }: Made, signal: AbortSignal): Promise<OneVm> {
  const first = (await ownVms(site, signal)).find((vm) => vm.name === spec.name);
  if (first === undefined) throw vanished(spec.name);
  if (first.id === id) return remembered(site, first) ?? first;
  const mine = await findVmById(site, id, signal);
  if (mine !== undefined) await terminate(site, mine, signal);
  if (first.tag !== spec.tag) throw heldByOther('VM', spec.name, first.tag);
  return remembered(site, first) ?? first;
}
