import { join } from 'node:path';
import { PlatformError } from '@trencadis/errors';
import { freeAddresses, isMachineAddress, parseAddress, rangeOf } from '@trencadis/ipv4';
import type { VmSpec } from '@trencadis/vmm';
import { withAllocationLock } from './allocation-lock.ts';
import { checkSpec } from './check-spec.ts';
import { heldByOther, notFound } from './errors.ts';
import { attached, holderOf } from './local-disks.ts';
import { observeMachine } from './machine-state.ts';
import { addLogin, mountRoot } from './mounts.ts';
import { bootSteps } from './power.ts';
import {
  type MachineRecord,
  type NetworkRecord,
  listMachines,
  makeDirectoryWhole,
  readDisk,
  readMachine,
  readNetwork,
  writeRecord,
} from './records.ts';
import type { MachineStep, Site } from './site.ts';
import { makeHostKey, writeLayer } from './write-layer.ts';

/** From the record to the first boot. A creation that stopped anywhere is finished by doing them all again. */
export const creationSteps: readonly MachineStep[] = bootSteps.flatMap((step) =>
  step === mountRoot ? [writeLayer, makeHostKey, mountRoot, addLogin] : [step],
);

export async function createMachine(site: Site, spec: VmSpec, signal: AbortSignal): Promise<MachineRecord> {
  const machine = (await findSame(site, spec)) ?? (await recordMachine(site, spec, signal));
  const { status } = await observeMachine(site, machine);
  if (status === 'creating' || status === 'failed') {
    for (const step of creationSteps) {
      signal.throwIfAborted();
      await step(site, machine, signal);
    }
  }
  return machine;
}

async function findSame({ layout }: Site, { name, tag }: VmSpec): Promise<MachineRecord | undefined> {
  const existing = await readMachine(layout, name);
  if (existing === undefined || existing.spec.tag === tag) return existing;
  throw heldByOther('VM', name, existing.spec.tag);
}

/** Writes down what will be made, its addresses too, before any of it is made. */
export async function recordMachine(site: Site, spec: VmSpec, signal: AbortSignal): Promise<MachineRecord> {
  return withAllocationLock(site.layout, signal, async () => {
    // Under the lock: an image that is found here cannot be deleted before the record says that it is used.
    await checkSpec(spec);
    const machines = await listMachines(site.layout);
    await checkDisks(site, spec, machines);
    const machine: MachineRecord = {
      spec: {
        ...spec,
        interfaces: spec.interfaces.map(({ network }) => ({ network })),
        disks: spec.disks.map(({ disk, mountPath }) => ({ disk, mountPath })),
      },
      addresses: await chooseAddresses(site, spec, machines),
    };
    await makeDirectoryWhole(site.layout.machine(spec.name).directory, (draft) =>
      writeRecord(join(draft, 'machine.json'), machine),
    );
    return machine;
  });
}

export async function checkDisks(
  { layout }: Site,
  spec: VmSpec,
  machines: readonly MachineRecord[],
): Promise<void> {
  for (const { disk } of spec.disks) {
    if ((await readDisk(layout, disk)) === undefined) throw notFound('disk', disk);
    const holder = holderOf(disk, machines);
    if (holder !== undefined) throw attached(disk, holder);
  }
}

async function chooseAddresses(
  { layout }: Site,
  spec: VmSpec,
  machines: readonly MachineRecord[],
): Promise<MachineRecord['addresses']> {
  const taken = new Set(machines.flatMap(({ addresses }) => addresses.map(({ address }) => address)));
  const wanted = spec.interfaces.flatMap(({ address }) => address ?? []);
  return Promise.all(
    spec.interfaces.map(async ({ network, address: asked }) => {
      const record = await readNetwork(layout, network);
      if (record === undefined) throw notFound('network', network);
      if (asked !== undefined) return { network, address: checkedAddress(spec, asked, { record, taken }) };
      const [address] = freeAddresses(rangeOf(record.subnet), new Set([...taken, ...wanted]));
      if (address !== undefined) return { network, address };
      throw new PlatformError(
        'quota-exceeded',
        `The network ${network} has no free address in ${record.subnet}: delete a VM on it or use another network.`,
        { subject: network },
      );
    }),
  );
}

function checkedAddress(
  { name }: VmSpec,
  address: string,
  { record, taken }: { readonly record: NetworkRecord; readonly taken: ReadonlySet<string> },
): string {
  if (!isMachineAddress(rangeOf(record.subnet), parseAddress(address))) {
    const message = `The VM ${name} cannot have the address ${address} on ${record.name}: a machine's is inside ${record.subnet}.`;
    throw new PlatformError('invalid-argument', message, { subject: name });
  }
  if (!taken.has(address)) return address;
  const message = `Another VM has the address ${address} that ${name} asks for.`;
  throw new PlatformError('conflict', message, { subject: name });
}
