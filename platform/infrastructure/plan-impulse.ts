import type { VmName } from '@trencadis/ids';
import type { PlannedStep } from '@trencadis/saga';
import { configureSteps } from './decide-configurations.ts';
import type { DesiredInfrastructure, Impulse } from './model.ts';
import { awaitShellStep, rebootVmStep, snapshotVmStep } from './planned-steps.ts';

/** What happens once. `desired` has all that a configuration needs; nothing of it is brought about here. */
export function planImpulse(desired: DesiredInfrastructure, impulse: Impulse): PlannedStep[] {
  const vms = (names: readonly VmName[]) => {
    const wanted = new Set(names);
    return desired.vms.filter(({ spec }) => wanted.has(spec.name));
  };
  if (impulse.kind === 'reboot') {
    return vms(impulse.vms).flatMap((vm) => {
      const reboot = rebootVmStep(vm);
      return [reboot, awaitShellStep(desired.id, vm, [reboot.id])];
    });
  }
  if (impulse.kind === 'snapshot')
    return vms([impulse.vm]).map((vm) => snapshotVmStep(desired.id, vm, impulse.imageName));
  const runs = vms(impulse.vms).map((vm) => ({ vm, configurations: vm.configurations }));
  return configureSteps(desired, runs, []);
}
