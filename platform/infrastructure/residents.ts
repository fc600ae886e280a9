import { type Tag, brandId } from '@trencadis/ids';
import type { Infrastructure, Member, ObservedVm } from './model.ts';
import { asking, patienceOf, planningMs } from './outage.ts';
import { vmName } from './resource-names.ts';
import type { StepWorld } from './step-world.ts';

/** A VM that shall exist, and does. */
export interface Resident {
  readonly member: Member;
  readonly vm: ObservedVm;
}

/** The members of an infrastructure that are at their VM managers now. */
export async function findResidents(
  world: Pick<StepWorld, 'vmms'>,
  infrastructure: Pick<Infrastructure, 'id' | 'members'>,
  signal: AbortSignal,
): Promise<readonly Resident[]> {
  const { id, members } = infrastructure;
  const keys = [...new Set(members.map(({ vmm }) => vmm))];
  const tag = brandId('Tag', id);
  const lists = await Promise.all(keys.map((vmm) => listVmsAt(world, { vmm, tag }, signal)));
  const there = new Map(lists.flat().map((vm) => [`${vm.vmm} ${vm.name}`, vm]));
  return members.flatMap((member) => {
    const vm = there.get(`${member.vmm} ${vmName(id, member.systemId, member.number)}`);
    return vm ? [{ member, vm }] : [];
  });
}

export async function listVmsAt(
  { vmms }: Pick<StepWorld, 'vmms'>,
  { vmm, tag }: { readonly vmm: string; readonly tag: Tag },
  signal: AbortSignal,
): Promise<readonly ObservedVm[]> {
  const driver = await vmms.open(vmm);
  const patience = patienceOf(planningMs);
  const vms = await asking(vmm, (until) => driver.listVms(tag, until), { signal, patience });
  return vms.map((vm) => ({ ...vm, vmm }));
}
