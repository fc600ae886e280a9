import { brandId } from '@trencadis/ids';
import type { InstanceType, VmmCapabilities } from '@trencadis/vmm';
import { describe, expect, it } from 'vitest';
import type { VmmForDeployment } from './offers.ts';
import { exampleCapabilities, exampleVmms } from './testing/key-server-offers.ts';
import { type Attempt, desiredOf, fig3, problemsOf } from './testing/resolve-attempt.ts';
import { vmName } from './resource-names.ts';

const id = brandId('InfrastructureId', 'inf-aaaaaaaa');

function site(name: string, changes: Partial<VmmForDeployment> = {}): VmmForDeployment {
  return { ...exampleVmms[0]!, vmm: name, name, ...changes };
}

const without = (...lacking: (keyof VmmCapabilities)[]): VmmCapabilities => ({
  ...exampleCapabilities,
  ...Object.fromEntries(lacking.map((each) => [each, false])),
});

interface Asked {
  readonly network?: string;
  readonly system?: string;
}

/** Fig. 3 with more in its public network and in its first system. */
function document({ network = '', system = '' }: Asked): string {
  return fig3
    .replace("outbound = 'yes'", `outbound = 'yes' ${network}`)
    .replace('net_interfaces.count = 2 and', `net_interfaces.count = 2 and ${system}`);
}

function attempt(radl: string, vmms: readonly VmmForDeployment[]): Attempt {
  return { radl, offers: { vmms }, infrastructure: { id } };
}

describe('networks', () => {
  const networkOf = (network: string) =>
    desiredOf(attempt(document({ network }), [site('memory')])).networks.find(
      ({ kind }) => kind === 'public',
    );

  it('open what the document says, SSH aside', () => {
    expect(networkOf("and outports = '22,443,8080-80,10.0.0.0/8-5432'")?.openPorts).toEqual([
      { protocol: 'tcp', from: 443, to: 443 },
      { protocol: 'tcp', from: 8080, to: 8080, localPort: 80 },
      { protocol: 'tcp', from: 5432, to: 5432, source: '10.0.0.0/8' },
    ]);
    expect(networkOf("and outports = '22'")).not.toHaveProperty('openPorts');
  });

  it('have the range asked for, the same one each time where it is open', () => {
    expect(networkOf("and cidr = '10.7.0.0/24'")?.subnet).toBe('10.7.0.0/24');
    const chosen = networkOf("and cidr = '10.*.0.0/24'")?.subnet;
    expect(chosen).toMatch(/^10\.\d+\.0\.0\/24$/);
    expect(networkOf("and cidr = '10.*.0.0/24'")?.subnet).toBe(chosen);
  });

  it('have the range of an address that is asked for in it', () => {
    const radl = document({
      network: "and cidr = '10.0.*.0/24'",
      system: "net_interface.0.ip = '10.0.9.7' and",
    });
    const { networks, vms } = desiredOf(attempt(radl, [site('memory')]));
    expect(networks.find(({ kind }) => kind === 'public')?.subnet).toBe('10.0.9.0/24');
    expect(vms[0]?.spec.interfaces[0]?.address).toBe('10.0.9.7');
  });

  it('are the provider’s own, unless they are to be made', () => {
    expect(networkOf("and provider_id = 'ext'")?.providerNetwork).toBe('ext');
    expect(networkOf("and provider_id = 'ext' and create = 'yes'")).not.toHaveProperty('providerNetwork');
  });
});

describe('a VM manager that cannot', () => {
  it.each<[string, keyof VmmCapabilities, Asked, RegExp]>([
    [
      'map ports',
      'portMapping',
      { network: "and outports = '8080-80'" },
      /network public has 8080 lead to 80: write outports = '80'/,
    ],
    [
      'be asked for ranges',
      'addressing',
      { network: "and cidr = '10.0.0.0/24'" },
      /leave the cidr of network public out/,
    ],
    [
      'be asked for addresses',
      'addressing',
      { system: "net_interface.0.ip = '10.0.0.7' and" },
      /leave 10.0.0.7 out/,
    ],
    [
      'use its own networks',
      'providerNetworks',
      { network: "and provider_id = 'ext'" },
      /leave the provider_id of network public out/,
    ],
    ['make networks', 'networks', {}, /it makes no networks/],
    ['have disks', 'disks', { system: 'disk.1.size = 1g and' }, /it has no data disks/],
    [
      'choose a zone',
      'zones',
      { system: "availability_zone = 'a' and" },
      /it has no zones: leave availability_zone out/,
    ],
    ['offer spare capacity', 'spot', { system: "spot = 'yes' and" }, /leave spot out/],
    [
      'offer types',
      'instanceTypes',
      { system: "instance_type = 't3.*' and" },
      /none is called 't3\.\*': leave instance_type out/,
    ],
    ['offer GPUs', 'instanceTypes', { system: 'gpu.count >= 1 and' }, /it does not tell of GPUs/],
  ])('%s is no candidate, and why is told with the remedy', (_, capability, asked, why) => {
    const radl = document(asked);
    const lacking = site('lacking', { capabilities: without(capability) });
    const [problem] = problemsOf(attempt(radl, [lacking]));
    expect(problem).toMatchObject({ code: 'RADL411', message: expect.stringMatching(why) });
    expect(problem?.message).toContain('lacking: GT4_JAVA_ANT: ');
    const types = [{ name: 't3.small', cpuCount: 4, memoryMiB: 8192, gpuCount: 1 }];
    const able = site('able', {
      capabilities: { ...exampleCapabilities, instanceTypes: true },
      instanceTypes: types,
    });
    const { placements } = desiredOf(attempt(radl, [lacking, able]));
    expect(placements[0]).toMatchObject({ vmm: 'able', others: [{ vmm: 'lacking', isPossible: false }] });
  });
});

const priced = (name: string, cpuCount: number, memoryMiB: number, perHour: number): InstanceType => ({
  name,
  cpuCount,
  memoryMiB,
  price: { currency: 'USD', perHour },
});
const t3 = [
  priced('t3.micro', 2, 1024, 0.01),
  priced('t3.small', 2, 2048, 0.02),
  priced('t3.large', 4, 8192, 0.08),
];
const cloud = (types: readonly InstanceType[] | undefined, name = 'cloud') =>
  site(name, {
    capabilities: { ...exampleCapabilities, instanceTypes: true },
    ...(types ? { instanceTypes: types } : {}),
  });

describe('where VMs come in certain sizes', () => {
  const current = (instanceType: string, cpuCount: number, memoryMiB: number) => ({
    vmm: 'cloud',
    name: vmName(id, 'GT4_JAVA_ANT', 1),
    image: { digest: desiredOf({}).vms[0]!.spec.image.digest },
    instanceType,
    cpuCount,
    memoryMiB,
  });
  const member = { systemId: 'GT4_JAVA_ANT', number: 1, ordinal: 0, vmm: 'cloud' };
  const frontOf = (each: Attempt) => desiredOf(each).vms.find(({ systemId }) => systemId === 'GT4_JAVA_ANT');

  it('each VM has the cheapest type that fits, with its real size', () => {
    expect(frontOf(attempt(fig3, [cloud(t3)]))).toMatchObject({
      spec: { instanceType: 't3.micro', cpuCount: 2, memoryMiB: 1024 },
      typeChoice: { because: 'cheapest of 3 that fit', price: { currency: 'USD', perHour: 0.01 } },
    });
  });

  it('a VM keeps its type for as long as it fits, whatever has become cheaper, or is not sold any more', () => {
    const here = { vms: [current('m1.old', 2, 4096)] };
    const each = attempt(fig3, [cloud(t3)]);
    const placed = { ...each, infrastructure: { id, members: [member], nextOrdinal: 1 } };
    expect(frontOf({ ...placed, offers: { ...each.offers, ...here } })?.spec).toMatchObject({
      instanceType: 'm1.old',
      memoryMiB: 4096,
    });
    const small = { vms: [current('m1.tiny', 1, 512)] };
    expect(frontOf({ ...placed, offers: { ...each.offers, ...small } })?.spec.instanceType).toBe('t3.micro');
  });

  it('a VM that is altered gets just that size if there is one, else one that has it', () => {
    const altered = (alteration: { cpuCount?: number; memoryMiB?: number }) => {
      const infrastructure = { id, members: [{ ...member, alteration }], nextOrdinal: 1 };
      return frontOf({ ...attempt(fig3, [cloud(t3)]), infrastructure })?.spec.instanceType;
    };
    expect(altered({ memoryMiB: 2048 })).toBe('t3.small');
    expect(altered({ cpuCount: 2, memoryMiB: 3000 })).toBe('t3.large');
    const infrastructure = { id, members: [{ ...member, alteration: { cpuCount: 64 } }], nextOrdinal: 1 };
    expect(problemsOf({ ...attempt(fig3, [cloud(t3)]), infrastructure })).toMatchObject([
      { code: 'RADL413', message: expect.stringContaining('the largest has 4 CPUs') },
    ]);
  });

  it('that nothing fits speaks against the VM manager, with the nearest miss', () => {
    const radl = fig3.replaceAll('memory.size >= 1024m', 'memory.size >= 100g');
    const [problem] = problemsOf(attempt(radl, [cloud(t3)]));
    expect(problem?.message).toContain('GT4_JAVA_ANT: no instance type fits: the largest has 8192 MiB');
  });

  it('the cheaper VM manager is taken', () => {
    const cheap = cloud([priced('c1', 1, 1024, 0.005)], 'cheap');
    expect(desiredOf(attempt(fig3, [cloud(t3), cheap])).placements[0]?.vmm).toBe('cheap');
    const quota = { memoryMiB: { used: 0, limit: 1100 } };
    expect(desiredOf(attempt(fig3, [cloud(t3), { ...cheap, quota }])).placements[0]?.vmm).toBe('cloud');
  });

  it('a document of which nobody knows the types has the size that it asks for', () => {
    expect(frontOf(attempt(fig3, [cloud(undefined)]))?.spec).toMatchObject({ cpuCount: 1, memoryMiB: 977 });
  });

  it('spare capacity, the zone and the price are the VM’s', () => {
    const system =
      "spot = 'yes' and price <= 0.03 and availability_zone = 'a' and instance_type = '*.small' and";
    expect(frontOf(attempt(document({ system }), [cloud(t3)]))?.spec).toMatchObject({
      instanceType: 't3.small',
      zone: 'a',
      spot: { maxPerHour: 0.03 },
    });
  });
});

it('a bound on the price counts where VMs have any size and a price', () => {
  const radl = document({ system: 'price <= 0.03 and' });
  const dear = site('dear', { perHour: () => 0.5, currency: 'EUR' });
  expect(problemsOf(attempt(radl, [dear]))[0]?.message).toContain('costs 0.5 EUR an hour');
  expect(desiredOf(attempt(radl, [site('free')])).vms).toHaveLength(2);
});
