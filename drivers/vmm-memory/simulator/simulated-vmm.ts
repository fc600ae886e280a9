import { type Client, createClient } from '@trencadis/http/client';
import type { VmmDriver } from '@trencadis/vmm';
import { memoryCapabilities } from '../memory-vmm.ts';
import { simulatorApi } from './api.ts';

export interface SimulatedVmmOptions {
  /** Of the simulator: `http://127.0.0.1:8077`. */
  readonly url: string;
  readonly token: string;
}

export interface SimulatedVmm extends VmmDriver, AsyncDisposable {}

/**
 * The driver of a simulator in another process. A wrong token is `unauthenticated`; a simulator that is not there, or
 * fails by chance, `unavailable`: what was asked for may have been done. Connections are kept until it is disposed.
 */
export function createSimulatedVmm({ url, token }: SimulatedVmmOptions): SimulatedVmm {
  const client = createClient(simulatorApi, { baseUrl: url, token });
  return {
    capabilities: { ...memoryCapabilities, shell: false },
    ...vmOperations(client),
    ...placeOperations(client),
    [Symbol.asyncDispose]: () => client[Symbol.asyncDispose](),
  };
}

type SimulatorClient = Client<typeof simulatorApi>;
type Places = Pick<VmmDriver, 'networks' | 'disks' | 'images'>;

function vmOperations(client: SimulatorClient): Omit<VmmDriver, 'capabilities' | keyof Places> {
  return {
    createVm: (body, signal) => client.createVm({ body }, { signal }),
    deleteVm: async (name, signal) => void (await client.deleteVm({ params: { name } }, { signal })),
    describeVm: async (name, signal) => (await client.describeVm({ params: { name } }, { signal })).vm,
    listVms: async (tag, signal) => (await client.listVms({ query: { tag } }, { signal })).vms,
    startVm: async (name, signal) => void (await client.startVm({ params: { name } }, { signal })),
    stopVm: async (name, signal) => void (await client.stopVm({ params: { name } }, { signal })),
    rebootVm: async (name, signal) => void (await client.rebootVm({ params: { name } }, { signal })),
    updateVm: (body, signal) => client.updateVm({ body }, { signal }),
    readConsole: async (name, signal) => (await client.readConsole({ params: { name } }, { signal })).text,
    quota: (signal) => client.quota({}, { signal }),
    listInstanceTypes: async (signal) => (await client.listInstanceTypes({}, { signal })).instanceTypes,
    checkRights: async (signal) => (await client.checkRights({}, { signal })).checks,
  };
}

function placeOperations(client: SimulatorClient): Places {
  return {
    networks: {
      createNetwork: (body, signal) => client.createNetwork({ body }, { signal }),
      updateNetwork: (body, signal) => client.updateNetwork({ body }, { signal }),
      deleteNetwork: async (name, signal) =>
        void (await client.deleteNetwork({ params: { name } }, { signal })),
      listNetworks: async (tag, signal) =>
        (await client.listNetworks({ query: { tag } }, { signal })).networks,
    },
    disks: {
      createDisk: (body, signal) => client.createDisk({ body }, { signal }),
      deleteDisk: async (name, signal) => void (await client.deleteDisk({ params: { name } }, { signal })),
      listDisks: async (tag, signal) => (await client.listDisks({ query: { tag } }, { signal })).disks,
    },
    images: {
      snapshotVm: (body, signal) => client.snapshotVm({ body }, { signal }),
      deleteImage: async (name, signal) => void (await client.deleteImage({ params: { name } }, { signal })),
      listImages: async (tag, signal) => (await client.listImages({ query: { tag } }, { signal })).images,
      listBootable: async (filter, signal) =>
        (await client.listBootable({ query: filter }, { signal })).images,
    },
  };
}
