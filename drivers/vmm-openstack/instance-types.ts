import { invalid } from '@trencadis/openstack-client';
import type { InstanceType, VmSpec } from '@trencadis/vmm';
import { z } from 'zod';
import type { Cloud } from './cloud.ts';
import { notFound } from './errors.ts';

/** https://docs.openstack.org/api-ref/compute/#flavors */
const flavorSchema = z.object({
  id: z.string(),
  name: z.string(),
  vcpus: z.number(),
  ram: z.number(),
  disk: z.number(),
  extra_specs: z.record(z.string(), z.string()).optional(),
});

type Flavor = z.output<typeof flavorSchema>;

/** Those with a root disk of their own: others boot from volumes only. */
async function flavors({ nova }: Cloud, signal: AbortSignal): Promise<readonly Flavor[]> {
  const call = { path: '/flavors/detail', key: 'flavors', item: flavorSchema };
  return (await nova.list(call, signal)).filter(({ disk }) => disk > 0);
}

/** By name. Nova tells no prices, and its extra specs not to everybody. */
export async function listInstanceTypes(cloud: Cloud, signal: AbortSignal): Promise<readonly InstanceType[]> {
  const types = (await flavors(cloud, signal)).map(typeOf);
  return types.toSorted((one, other) => (one.name < other.name ? -1 : 1));
}

function typeOf({ name, vcpus, ram, extra_specs: specs = {} }: Flavor): InstanceType {
  const gpuCount = gpusOf(specs);
  const architecture = specs['capabilities:cpu_arch'] ?? specs['hw:cpu_arch'];
  return {
    name,
    cpuCount: vcpus,
    memoryMiB: ram,
    ...(architecture === undefined ? {} : { architecture: commonArchitecture(architecture) }),
    ...(gpuCount === 0 ? {} : { gpuCount }),
  };
}

/** Virtual GPUs (`resources:VGPU`) and passed-through devices whose alias says that they are GPUs. */
function gpusOf(specs: Record<string, string>): number {
  const virtual = Number(specs['resources:VGPU'] ?? 0);
  const aliases = (specs['pci_passthrough:alias'] ?? '').split(',').map((alias) => alias.trim().split(':'));
  const passed = aliases.filter(([alias = '']) => /gpu|nvidia|tesla|[ahv]100|rtx/i.test(alias));
  return passed.reduce((sum, [, count = '1']) => sum + Number(count), virtual) || 0;
}

/** Glance and Nova write `aarch64`. */
export function commonArchitecture(name: string): string {
  return name === 'aarch64' ? 'arm64' : name;
}

/** The flavor that a spec names, whose size must be the spec's. */
export async function flavorOf(cloud: Cloud, spec: VmSpec, signal: AbortSignal): Promise<string> {
  const { name, instanceType, cpuCount, memoryMiB } = spec;
  if (instanceType === undefined) {
    throw invalid(
      name,
      `The VM ${name} names no instance type: OpenStack has VMs of certain sizes only; choose one of its flavors.`,
    );
  }
  const flavor = (await flavors(cloud, signal)).find((each) => each.name === instanceType);
  if (flavor === undefined) throw notFound('flavor', instanceType);
  if (flavor.vcpus === cpuCount && flavor.ram === memoryMiB) return flavor.id;
  throw invalid(
    name,
    `The flavor ${instanceType} has ${flavor.vcpus} CPUs and ${flavor.ram} MiB; the VM ${name} was asked with ${cpuCount} and ${memoryMiB}: ask for what the flavor has.`,
  );
}
