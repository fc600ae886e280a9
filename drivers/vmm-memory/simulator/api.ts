import { defineRoutes } from '@trencadis/http/contract';
import { z } from 'zod';
import {
  bootableImage,
  disk,
  diskName,
  imageName,
  instanceType,
  network,
  networkName,
  networkSpec,
  quota,
  rightCheck,
  sizeChange,
  snapshotSpec,
  tag,
  vm,
  vmImage,
  vmName,
  vmSpec,
} from './schemas.ts';

const access = { right: 'vmm.use' } as const;
const adminAccess = { right: 'vmm.admin' } as const;
const done = z.object({});
const aVm = z.object({ name: vmName });
const owned = z.object({ tag });

const vmRoutes = defineRoutes({
  createVm: { method: 'POST', path: '/vms', summary: 'Create a VM', body: vmSpec, response: vm, access },
  deleteVm: {
    method: 'DELETE',
    path: '/vms/{name}',
    summary: 'Delete a VM',
    params: aVm,
    response: done,
    access,
  },
  describeVm: {
    method: 'GET',
    path: '/vms/{name}',
    summary: 'Describe a VM; the answer is empty when it is not there',
    params: aVm,
    // Not 404: an address where no simulator is would say that every VM is gone.
    response: z.object({ vm: vm.exactOptional() }),
    access,
  },
  listVms: {
    method: 'GET',
    path: '/vms',
    summary: 'List the VMs of a tag',
    query: owned,
    response: z.object({ vms: z.array(vm) }),
    access,
  },
  startVm: power('start'),
  stopVm: power('stop'),
  rebootVm: power('reboot'),
  updateVm: {
    method: 'PUT',
    path: '/vms',
    summary: 'Give a VM the size and disks of this spec',
    body: vmSpec,
    response: vm,
    access,
  },
  readConsole: {
    method: 'GET',
    path: '/vms/{name}/console',
    summary: 'Read the end of a VM’s console',
    params: aVm,
    response: z.object({ text: z.string() }),
    access,
  },
  quota: { method: 'GET', path: '/quota', summary: 'Tell the quota', response: quota, access },
  listInstanceTypes: {
    method: 'GET',
    path: '/instance-types',
    summary: 'List the sizes in which VMs come; none: any size',
    response: z.object({ instanceTypes: z.array(instanceType) }),
    access,
  },
  checkRights: {
    method: 'GET',
    path: '/rights',
    summary: 'Tell what the token allows',
    response: z.object({ checks: z.array(rightCheck) }),
    access,
  },
});

function power<const Verb extends 'start' | 'stop' | 'reboot'>(verb: Verb) {
  const summary = `${verb[0]?.toUpperCase()}${verb.slice(1)} a VM`;
  return {
    method: 'POST',
    path: `/vms/{name}/${verb}`,
    summary,
    params: aVm,
    response: done,
    access,
  } as const;
}

const placeRoutes = defineRoutes({
  createNetwork: {
    method: 'POST',
    path: '/networks',
    summary: 'Create a network',
    body: networkSpec,
    response: network,
    access,
  },
  updateNetwork: {
    method: 'PUT',
    path: '/networks',
    summary: 'Open exactly these ports of a network',
    body: networkSpec,
    response: network,
    access,
  },
  deleteNetwork: {
    method: 'DELETE',
    path: '/networks/{name}',
    summary: 'Delete a network',
    params: z.object({ name: networkName }),
    response: done,
    access,
  },
  listNetworks: {
    method: 'GET',
    path: '/networks',
    summary: 'List the networks of a tag',
    query: owned,
    response: z.object({ networks: z.array(network) }),
    access,
  },
  createDisk: {
    method: 'POST',
    path: '/disks',
    summary: 'Create a disk',
    body: disk,
    response: disk,
    access,
  },
  deleteDisk: {
    method: 'DELETE',
    path: '/disks/{name}',
    summary: 'Delete a disk',
    params: z.object({ name: diskName }),
    response: done,
    access,
  },
  listDisks: {
    method: 'GET',
    path: '/disks',
    summary: 'List the disks of a tag',
    query: owned,
    response: z.object({ disks: z.array(disk) }),
    access,
  },
  snapshotVm: {
    method: 'POST',
    path: '/images',
    summary: 'Make an image of a VM',
    body: snapshotSpec,
    response: vmImage,
    access,
  },
  deleteImage: {
    method: 'DELETE',
    path: '/images/{name}',
    summary: 'Delete an image',
    params: z.object({ name: imageName }),
    response: done,
    access,
  },
  listImages: {
    method: 'GET',
    path: '/images',
    summary: 'List the images of a tag',
    query: owned,
    response: z.object({ images: z.array(vmImage) }),
    access,
  },
  listBootable: {
    method: 'GET',
    path: '/bootable-images',
    summary: 'List the images that may be booted',
    query: z.object({ pattern: z.string().exactOptional() }),
    response: z.object({ images: z.array(bootableImage) }),
    access,
  },
});

/** What happens to a site past the platform: neither latency, nor failures, nor quotas apply. */
const adminRoutes = defineRoutes({
  listLeftovers: {
    method: 'GET',
    path: '/admin/leftovers',
    summary: 'Everything that exists, as vm:a, network:b, disk:c, image:d',
    response: z.object({ leftovers: z.array(z.string()) }),
    access: adminAccess,
  },
  failVmByHand: {
    method: 'POST',
    path: '/admin/vms/{name}/fail',
    summary: 'Let a VM fail',
    params: aVm,
    body: z.strictObject({ failure: z.string() }),
    response: done,
    access: adminAccess,
  },
  stopVmByHand: {
    method: 'POST',
    path: '/admin/vms/{name}/stop',
    summary: 'Turn a VM off',
    params: aVm,
    response: done,
    access: adminAccess,
  },
  resizeVmByHand: {
    method: 'PATCH',
    path: '/admin/vms/{name}',
    summary: 'Give a VM another size',
    params: aVm,
    body: sizeChange,
    response: done,
    access: adminAccess,
  },
  removeVmByHand: {
    method: 'DELETE',
    path: '/admin/vms/{name}',
    summary: 'Remove a VM',
    params: aVm,
    response: done,
    access: adminAccess,
  },
  health: {
    method: 'GET',
    path: '/healthz',
    summary: 'Whether the simulator serves',
    response: z.object({ status: z.literal('ok') }),
    access: 'public',
  },
});

/** The simulated VM manager's HTTP API: the contract of VM managers, and an administrator's hand. */
export const simulatorApi = defineRoutes({ ...vmRoutes, ...placeRoutes, ...adminRoutes });
