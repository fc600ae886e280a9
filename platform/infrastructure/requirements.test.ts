import { hasErrors, readRadl } from '@trencadis/radl';
import { describe, expect, it } from 'vitest';
import { askedSize, imageRequirementsOf, requirementsOf } from './requirements.ts';

/** Of a document's only system, with these features. */
function required(features: string) {
  const text = `network private\nnetwork public (outbound = 'yes')\nsystem front (${features})\ndeploy front 1`;
  const { document, diagnostics } = readRadl(text, { dialect: 'im' });
  if (hasErrors(diagnostics)) throw new Error(JSON.stringify(diagnostics));
  const system = document.systems[0]!;
  return {
    ...requirementsOf(system),
    asked: askedSize(system),
    image: imageRequirementsOf(system, { product: 'memory', dialect: 'trencadis' }),
  };
}

const linux = "disk.0.os.name = 'linux'";
const onMemory = { kind: 'attribute', key: 'vmm', operator: '=', value: 'memory' };

describe('requirementsOf', () => {
  it('takes one CPU and 512 MiB where nothing is said', () => {
    expect(required(linux)).toMatchObject({ cpuCount: 1, memoryMiB: 512, networkIds: [], disks: [] });
  });

  it('tells what is said of the size from what is not', () => {
    expect(required(linux).asked).toEqual({});
    expect(required(`cpu.count >= 2 and ${linux}`).asked).toEqual({ cpuCount: 2 });
    expect(required(`memory.size >= 1Gi and ${linux}`).asked).toEqual({ memoryMiB: 1024 });
  });

  const sizes: readonly [string, number][] = [
    ['memory.size >= 2048Mi', 2048],
    ['memory.size = 1gi', 1024],
    ['memory.size >= 1048576KiB', 1024],
    ['memory.size >= 1048576', 1],
    ['memory.size >= 1048577', 2],
    ['memory.size >= 1000M', 954],
    ['memory.size <= 4Gi', 4096],
    ['memory.size >= 1Gi and memory.size <= 4Gi', 1024],
  ];
  for (const [feature, memoryMiB] of sizes) {
    it(`reads ${feature} as ${memoryMiB} MiB`, () => {
      expect(required(`${feature} and ${linux}`).memoryMiB).toBe(memoryMiB);
    });
  }

  it('takes the lower bound of a CPU count, else the upper one', () => {
    expect(required('cpu.count >= 2 and cpu.count <= 8').cpuCount).toBe(2);
    expect(required('cpu.count <= 8').cpuCount).toBe(8);
    expect(required('cpu.count = 3').cpuCount).toBe(3);
  });

  it('asks for an image of the VM manager, and for what the document says of it', () => {
    const { image } = required(
      "cpu.arch = 'x86_64' and disk.0.os.name = 'linux' and disk.0.os.flavour = 'debian' and disk.0.os.version >= '12'",
    );
    expect(image).toEqual({
      hard: [
        onMemory,
        { kind: 'attribute', key: 'architecture', operator: '=', value: 'x86_64' },
        { kind: 'attribute', key: 'os.name', operator: '=', value: 'linux' },
        { kind: 'attribute', key: 'os.flavour', operator: '=', value: 'debian' },
        { kind: 'attribute', key: 'os.version', operator: '>=', value: '12' },
      ],
      soft: [],
    });
  });

  it('asks for applications with and without a version', () => {
    const { image } = required(
      "disk.0.applications contains (name = 'ant') and disk.0.applications contains (name = 'jdk' and version >= '1.6')",
    );
    expect(image.hard).toEqual([
      onMemory,
      { kind: 'application', name: 'ant' },
      { kind: 'application', name: 'jdk', operator: '>=', version: '1.6' },
    ]);
  });

  it('keeps soft groups apart, each whole and with its weight', () => {
    const { image } = required(
      `${linux} and soft 20 (disk.0.applications contains (name = 'ant')) and soft 50 (disk.0.os.flavour = 'debian' and disk.0.os.version = '12')`,
    );
    expect(image.hard).toHaveLength(2);
    expect(image.soft).toEqual([
      {
        weight: 50,
        requirements: [
          { kind: 'attribute', key: 'os.flavour', operator: '=', value: 'debian' },
          { kind: 'attribute', key: 'os.version', operator: '=', value: '12' },
        ],
      },
      { weight: 20, requirements: [{ kind: 'application', name: 'ant' }] },
    ]);
  });

  it('names networks by interface, whatever the order of the document', () => {
    const { networkIds } = required(
      "net_interface.1.connection = 'private' and net_interface.0.connection = 'public'",
    );
    expect(networkIds).toEqual(['public', 'private']);
  });

  it('reads data disks in GiB, rounded up, and leaves the image’s own out', () => {
    const { disks } = required(
      "disk.0.os.name = 'linux' and disk.1.size = 1500Mi and disk.1.mount_path = '/data' and disk.2.size = 2Gi and disk.2.persistent = 'yes'",
    );
    expect(disks).toEqual([
      { index: 1, sizeGiB: 2, mountPath: '/data', isPersistent: false },
      { index: 2, sizeGiB: 2, mountPath: '/mnt/disk2', isPersistent: true },
    ]);
  });
});
