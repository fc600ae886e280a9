import type { Handlers } from '@trencadis/http';
import type { VmmDriver } from '@trencadis/vmm';
import type { MemoryVmm } from '../memory-vmm.ts';
import type { MemoryVmmWorld } from '../memory-vmm-world.ts';
import type { simulatorApi } from './api.ts';

type AllHandlers = Handlers<typeof simulatorApi, undefined>;
type AdminRoute = Extract<keyof AllHandlers, `${string}ByHand`> | 'listLeftovers' | 'health';
type PlaceRoute = keyof VmmDriver['networks'] | keyof VmmDriver['disks'] | keyof VmmDriver['images'];

export function simulatorHandlers(vmm: MemoryVmm): AllHandlers {
  return { ...vmHandlers(vmm), ...placeHandlers(vmm), ...adminHandlers(vmm.world) };
}

function vmHandlers(vmm: VmmDriver): Omit<AllHandlers, PlaceRoute | AdminRoute> {
  return {
    createVm: ({ body, signal }) => vmm.createVm(body, signal),
    deleteVm: ({ params, signal }) => done(vmm.deleteVm(params.name, signal)),
    describeVm: async ({ params, signal }) => {
      const vm = await vmm.describeVm(params.name, signal);
      return vm === undefined ? {} : { vm };
    },
    listVms: async ({ query, signal }) => ({ vms: [...(await vmm.listVms(query.tag, signal))] }),
    startVm: ({ params, signal }) => done(vmm.startVm(params.name, signal)),
    stopVm: ({ params, signal }) => done(vmm.stopVm(params.name, signal)),
    rebootVm: ({ params, signal }) => done(vmm.rebootVm(params.name, signal)),
    updateVm: ({ body, signal }) => vmm.updateVm(body, signal),
    readConsole: async ({ params, signal }) => ({ text: await vmm.readConsole(params.name, signal) }),
    quota: ({ signal }) => vmm.quota(signal),
    listInstanceTypes: async ({ signal }) => ({ instanceTypes: [...(await vmm.listInstanceTypes(signal))] }),
    checkRights: async ({ signal }) => ({ checks: [...(await vmm.checkRights(signal))] }),
  };
}

function placeHandlers({ networks, disks, images }: VmmDriver): Pick<AllHandlers, PlaceRoute> {
  return {
    createNetwork: ({ body, signal }) => networks.createNetwork(body, signal),
    updateNetwork: ({ body, signal }) => networks.updateNetwork(body, signal),
    deleteNetwork: ({ params, signal }) => done(networks.deleteNetwork(params.name, signal)),
    listNetworks: async ({ query, signal }) => ({
      networks: [...(await networks.listNetworks(query.tag, signal))],
    }),
    createDisk: ({ body, signal }) => disks.createDisk(body, signal),
    deleteDisk: ({ params, signal }) => done(disks.deleteDisk(params.name, signal)),
    listDisks: async ({ query, signal }) => ({ disks: [...(await disks.listDisks(query.tag, signal))] }),
    snapshotVm: ({ body, signal }) => images.snapshotVm(body, signal),
    deleteImage: ({ params, signal }) => done(images.deleteImage(params.name, signal)),
    listImages: async ({ query, signal }) => ({ images: [...(await images.listImages(query.tag, signal))] }),
    listBootable: async ({ query, signal }) => ({ images: [...(await images.listBootable(query, signal))] }),
  };
}

function adminHandlers(world: MemoryVmmWorld): Pick<AllHandlers, AdminRoute> {
  return {
    listLeftovers: async () => ({ leftovers: [...world.leftovers()] }),
    failVmByHand: async ({ params, body }) => {
      world.failVm(params.name, body.failure);
      return {};
    },
    stopVmByHand: async ({ params }) => {
      world.stopVm(params.name);
      return {};
    },
    resizeVmByHand: async ({ params, body }) => {
      world.resizeVm(params.name, { ...world.requireVm(params.name).spec, ...body });
      return {};
    },
    removeVmByHand: async ({ params }) => {
      world.removeVm(params.name);
      return {};
    },
    health: async () => ({ status: 'ok' }),
  };
}

async function done(work: Promise<void>): Promise<Record<string, never>> {
  await work;
  return {};
}
