import { applyBalancer } from './apply-balancer.ts';
import { applyScalingGroup } from './apply-scaling-group.ts';
import { deleteBalancer } from './delete-balancer.ts';
import { deleteScalingGroup } from './delete-scaling-group.ts';
import { joinService } from './join-service.ts';
import { leaveService } from './leave-service.ts';
import { monitorVm } from './monitor-vm.ts';
import { runHook } from './run-hook.ts';
import { adoptTarget } from './adopt-target.ts';
import { awaitShell } from './await-shell.ts';
import { barrier } from './barrier.ts';
import { configureVm } from './configure-vm.ts';
import { createDisk } from './create-disk.ts';
import { createNetwork } from './create-network.ts';
import { createVm } from './create-vm.ts';
import { deleteDisk } from './delete-disk.ts';
import { deleteNetwork } from './delete-network.ts';
import { deleteVm } from './delete-vm.ts';
import { forgetInfrastructure } from './forget-infrastructure.ts';
import { mountDisks } from './mount-disks.ts';
import { rebootVm } from './reboot-vm.ts';
import { snapshotVm } from './snapshot-vm.ts';
import { startVm } from './start-vm.ts';
import { stopVm } from './stop-vm.ts';
import { updateNetwork } from './update-network.ts';
import { updateVm } from './update-vm.ts';

/** Every kind of step that a plan of an infrastructure may hold. */
export const infrastructureSteps = [
  adoptTarget,
  createNetwork,
  updateNetwork,
  deleteNetwork,
  createDisk,
  deleteDisk,
  createVm,
  deleteVm,
  updateVm,
  startVm,
  stopVm,
  rebootVm,
  snapshotVm,
  awaitShell,
  mountDisks,
  barrier,
  configureVm,
  applyBalancer,
  deleteBalancer,
  applyScalingGroup,
  deleteScalingGroup,
  monitorVm,
  runHook,
  joinService,
  leaveService,
  forgetInfrastructure,
] as const;
