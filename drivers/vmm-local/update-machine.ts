import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { PlatformError } from '@trencadis/errors';
import type { VmDisk, VmSpec } from '@trencadis/vmm';
import { withAllocationLock } from './allocation-lock.ts';
import { makeCgroup } from './cgroup.ts';
import { checkSpec } from './check-spec.ts';
import { checkDisks } from './create-machine.ts';
import { heldByOther, notFound } from './errors.ts';
import { bootSteps, leaderOf, powerOff } from './power.ts';
import { type MachineRecord, listMachines, readMachine, writeRecord } from './records.ts';
import type { Site } from './site.ts';

/** Limits change while the machine runs; other disks restart it. */
export async function updateMachine(site: Site, spec: VmSpec, signal: AbortSignal): Promise<MachineRecord> {
  const machine = await readMachine(site.layout, spec.name);
  if (machine === undefined) throw notFound('VM', spec.name);
  if (machine.spec.tag !== spec.tag) throw heldByOther('VM', spec.name, machine.spec.tag);
  if (!isSameMachine(machine.spec, spec)) {
    throw new PlatformError(
      'unsupported',
      `The VM ${spec.name} keeps its image and networks: replace it to change them.`,
      { subject: spec.name },
    );
  }
  await checkSpec(spec);
  // Before the size: a disk that cannot be had changes nothing.
  const claimed = await claimDisks(site, machine, { spec, signal });
  const resized = await resize(site, claimed, spec);
  return exchangeDisks(site, resized, { spec, signal });
}

interface Wanted {
  readonly spec: VmSpec;
  readonly signal: AbortSignal;
}

function isSameMachine(one: MachineRecord['spec'], other: VmSpec): boolean {
  const networksOf = ({ interfaces }: Pick<VmSpec, 'interfaces'>) =>
    interfaces.map(({ network }) => network).join(' ');
  return one.image.location === other.image.location && networksOf(one) === networksOf(other);
}

const hasDisks = ({ spec }: MachineRecord, disks: readonly VmDisk[]) =>
  JSON.stringify(spec.disks) === JSON.stringify(plain(disks));
const withDisks = (machine: MachineRecord, disks: readonly VmDisk[]): MachineRecord => ({
  ...machine,
  spec: { ...machine.spec, disks: plain(disks) },
});
const plain = (disks: readonly VmDisk[]) => disks.map(({ disk, mountPath }) => ({ disk, mountPath }));

async function record({ layout }: Site, machine: MachineRecord): Promise<MachineRecord> {
  await writeRecord(layout.machine(machine.spec.name).record, machine);
  return machine;
}

async function resize(site: Site, machine: MachineRecord, wanted: VmSpec): Promise<MachineRecord> {
  const { cpuCount, memoryMiB, name } = wanted;
  if (machine.spec.cpuCount === cpuCount && machine.spec.memoryMiB === memoryMiB) return machine;
  const { kernelName } = site.layout.machine(name);
  if ((await leaderOf(kernelName)) !== undefined) {
    await makeCgroup(kernelName, wanted).catch((error: unknown) => {
      if (error instanceof Error && 'code' in error && error.code === 'EBUSY') throw usesMore(wanted);
      throw error;
    });
  }
  return record(site, { ...machine, spec: { ...machine.spec, cpuCount, memoryMiB } });
}

function usesMore({ name, memoryMiB }: VmSpec): PlatformError {
  return new PlatformError(
    'conflict',
    `The VM ${name} uses more than ${memoryMiB} MiB of memory now: stop it first, or leave it more.`,
    { subject: name },
  );
}

/**
 * From here on nobody else gets the disks that it has or is to have, whenever this process dies. The mark says that a
 * running machine has to boot again for them, until it has.
 */
async function claimDisks(
  site: Site,
  machine: MachineRecord,
  { spec, signal }: Wanted,
): Promise<MachineRecord> {
  if (hasDisks(machine, spec.disks)) return machine;
  return withAllocationLock(site.layout, signal, async () => {
    const others = (await listMachines(site.layout)).filter((other) => other.spec.name !== spec.name);
    await checkDisks(site, spec, others);
    const { kernelName, restarting } = site.layout.machine(spec.name);
    if ((await leaderOf(kernelName)) !== undefined) await writeFile(restarting, '');
    const added = new Set(spec.disks.map(({ disk }) => disk));
    const leaving = machine.spec.disks.filter(({ disk }) => !added.has(disk));
    return record(site, withDisks(machine, [...leaving, ...spec.disks]));
  });
}

async function exchangeDisks(site: Site, machine: MachineRecord, wanted: Wanted): Promise<MachineRecord> {
  const { spec, signal } = wanted;
  const { restarting } = site.layout.machine(spec.name);
  const mustRestart = existsSync(restarting);
  if (hasDisks(machine, spec.disks) && !mustRestart) return machine;
  if (mustRestart) await powerOff(site, machine, signal);
  const updated = await record(site, withDisks(machine, spec.disks));
  if (!mustRestart) return updated;
  for (const step of bootSteps) await step(site, updated, signal);
  await rm(restarting, { force: true });
  return updated;
}
