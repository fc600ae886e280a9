import type { VmName } from '@trencadis/ids';
import type { PlannedStep } from '@trencadis/saga';
import { configureSteps } from './decide-configurations.ts';
import type { DesiredInfrastructure, DesiredVm, Impulse, ObservedInfrastructure } from './model.ts';
import { awaitShellStep, rebootVmStep, snapshotVmStep } from './planned-steps.ts';
import { inTurns } from './services/in-turns.ts';
import { planServices } from './services/plan-services.ts';

/**
 * What happens once. `desired` has all that a configuration needs; nothing of it is brought about here, but that a
 * replica of a service is taken out of it before, drained, and let in afterwards. Replicas of one service, and the VMs
 * of one balancer, are interrupted one after the other.
 */
export function planImpulse(
  desired: DesiredInfrastructure,
  observed: ObservedInfrastructure,
  impulse: Impulse,
): PlannedStep[] {
  if (impulse.kind === 'snapshot')
    return vmsOf(desired, [impulse.vm]).map((vm) => snapshotVmStep(desired.id, vm, impulse.imageName));
  return inTurns(desired, impulse.vms, {
    planTurn: (names) => {
      const vms = vmsOf(desired, names);
      return impulse.kind === 'reboot' ? rebootSteps(desired, vms) : reconfigureSteps(desired, vms);
    },
    planWhole: (steps) => planServices(desired, observed, { steps, scope: { only: new Set() } }),
  });
}

function vmsOf(desired: DesiredInfrastructure, names: readonly VmName[]): readonly DesiredVm[] {
  const wanted = new Set(names);
  return desired.vms.filter(({ spec }) => wanted.has(spec.name));
}

function rebootSteps({ id }: DesiredInfrastructure, vms: readonly DesiredVm[]): PlannedStep[] {
  return vms.flatMap((vm) => {
    const reboot = rebootVmStep(vm);
    return [reboot, awaitShellStep(id, vm, [reboot.id])];
  });
}

function reconfigureSteps(desired: DesiredInfrastructure, vms: readonly DesiredVm[]): PlannedStep[] {
  const runs = vms.map((vm) => ({ vm, configurations: vm.configurations }));
  return configureSteps(desired, runs, []);
}
