import { rm } from 'node:fs/promises';
import type { VmName } from '@trencadis/ids';
import type { VmmDriver } from '@trencadis/vmm';
import { readConsole } from './console.ts';
import { createMachine, creationSteps } from './create-machine.ts';
import { deleteMachine } from './delete-machine.ts';
import { notFound, translated } from './errors.ts';
import { hasBooted, observeMachine } from './machine-state.ts';
import { bootSteps, leaderOf, powerOff } from './power.ts';
import { type MachineRecord, listMachines, readMachine } from './records.ts';
import type { Exclusive, Site } from './site.ts';
import { updateMachine } from './update-machine.ts';

type MachineOperations = Omit<
  VmmDriver,
  'capabilities' | 'quota' | 'listInstanceTypes' | 'checkRights' | 'networks' | 'disks' | 'images'
>;

export function localMachines(site: Site, exclusive: Exclusive): MachineOperations {
  return {
    createVm: (spec, signal) =>
      exclusive(spec.name, signal, async () => observeMachine(site, await createMachine(site, spec, signal))),
    deleteVm: (name, signal) => exclusive(name, signal, () => deleteMachine(site, name, signal)),
    describeVm: (name, signal) =>
      translated(signal, async () => {
        const machine = await readMachine(site.layout, name);
        return machine && (await observeMachine(site, machine));
      }),
    listVms: (tag, signal) =>
      translated(signal, async () => {
        const machines = (await listMachines(site.layout)).filter(({ spec }) => spec.tag === tag);
        return Promise.all(machines.map((machine) => observeMachine(site, machine)));
      }),
    startVm: (name, signal) => exclusive(name, signal, () => start(site, name, signal)),
    stopVm: (name, signal) => exclusive(name, signal, () => stop(site, name, signal)),
    rebootVm: (name, signal) =>
      exclusive(name, signal, async () => {
        await stop(site, name, signal);
        await start(site, name, signal);
      }),
    updateVm: (spec, signal) =>
      exclusive(spec.name, signal, async () => observeMachine(site, await updateMachine(site, spec, signal))),
    readConsole: (name, signal) =>
      translated(signal, async () => {
        await requireMachine(site, name);
        return readConsole(site.layout.machine(name));
      }),
  };
}

async function start(site: Site, name: VmName, signal: AbortSignal): Promise<void> {
  const machine = await requireMachine(site, name);
  const places = site.layout.machine(name);
  if ((await leaderOf(places.kernelName)) !== undefined) return;
  const steps = (await hasBooted(places)) ? bootSteps : creationSteps;
  for (const step of steps) await step(site, machine, signal);
  await rm(places.restarting, { force: true });
}

async function stop(site: Site, name: VmName, signal: AbortSignal): Promise<void> {
  await powerOff(site, await requireMachine(site, name), signal);
  await rm(site.layout.machine(name).restarting, { force: true });
}

async function requireMachine({ layout }: Site, name: VmName): Promise<MachineRecord> {
  const machine = await readMachine(layout, name);
  if (machine === undefined) throw notFound('VM', name);
  return machine;
}
