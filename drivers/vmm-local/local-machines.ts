import { PlatformError } from '@trencadis/errors';
import type { VmName } from '@trencadis/ids';
import type { VmmDriver } from '@trencadis/vmm';
import { createMachine, creationSteps } from './create-machine.ts';
import { deleteMachine } from './delete-machine.ts';
import { notFound, translated } from './errors.ts';
import { KeyedMutex } from './keyed-mutex.ts';
import { hasBooted, observeMachine } from './machine-state.ts';
import { bootSteps, lastConsoleLines, leaderOf, powerOff } from './power.ts';
import { type MachineRecord, listMachines, readMachine } from './records.ts';
import type { Site } from './site.ts';

type MachineOperations = Omit<VmmDriver, 'capabilities' | 'quota' | 'networks' | 'disks' | 'images'>;

/** What happens to one machine happens one after the other; different machines do not wait. */
export function localMachines(site: Site): MachineOperations {
  const mutex = new KeyedMutex();
  const exclusive = <Result>(name: VmName, signal: AbortSignal, work: () => Promise<Result>) =>
    translated(signal, () =>
      mutex.run(name, () => {
        signal.throwIfAborted();
        return work();
      }),
    );
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
    stopVm: (name, signal) =>
      exclusive(name, signal, async () => powerOff(site, await requireMachine(site, name), signal)),
    rebootVm: (name, signal) =>
      exclusive(name, signal, async () => {
        await powerOff(site, await requireMachine(site, name), signal);
        await start(site, name, signal);
      }),
    updateVm: () =>
      Promise.reject(new PlatformError('unsupported', 'Local machines cannot be changed in place.')),
    readConsole: (name, signal) =>
      translated(signal, async () => {
        await requireMachine(site, name);
        return (await lastConsoleLines(site.layout.machine(name).console)).join('\n');
      }),
  };
}

async function start(site: Site, name: VmName, signal: AbortSignal): Promise<void> {
  const machine = await requireMachine(site, name);
  const places = site.layout.machine(name);
  if ((await leaderOf(places.kernelName)) !== undefined) return;
  const steps = (await hasBooted(places)) ? bootSteps : creationSteps;
  for (const step of steps) await step(site, machine, signal);
}

async function requireMachine({ layout }: Site, name: VmName): Promise<MachineRecord> {
  const machine = await readMachine(layout, name);
  if (machine === undefined) throw notFound('VM', name);
  return machine;
}
