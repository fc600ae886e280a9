import type { VmName } from '@trencadis/ids';
import type { GroupAction, PlanOutcome } from '../model.ts';
import { SimulatedFailure, type SimulatedVm, type SimulatedWorld } from './simulated-world.ts';

type Steps = Generator<void, void, void>;

/** How long a plan waits for what does not come. */
const patienceMs = 120_000;

/**
 * An action as the infrastructure carries it out, a step of it at each `next`: makes what is not there, configures,
 * joins and waits for the checks, drains, deletes. Undoes what it made when it fails, or leaves it.
 */
export function* simulatePlan(
  world: SimulatedWorld,
  action: GroupAction,
): Generator<void, PlanOutcome, void> {
  const made: VmName[] = [];
  const { standby } = world;
  try {
    if (action.kind === 'roll') yield* roll(world, action.vms);
    else yield* change(world, action, made);
    return { isSuccess: true };
  } catch (error) {
    if (!(error instanceof SimulatedFailure)) throw error;
    world.standby = standby;
    if (world.random() >= world.leftovers) for (const name of made) world.remove(name);
    return { isSuccess: false, errorCode: error.code, because: error.message, cloud: error.cloud };
  }
}

type Change = Extract<GroupAction, { kind: 'change' }>;

function* change(world: SimulatedWorld, action: Change, made: VmName[]): Steps {
  if (action.standby !== undefined) world.standby = new Set(action.standby);
  yield* leave(world, action.leave ?? []);
  if (action.order === 'terminate-first') yield* retire(world, action.retire);
  for (const name of action.recreate) {
    yield* reach(world, world.slots.get(name)?.cloud ?? '');
    world.vms.delete(name);
  }
  addSlots(world, action, made);
  yield* finish(world, [...new Set([...made, ...action.recreate, ...(action.finish ?? [])])]);
  if (action.order === 'launch-first') yield* retire(world, action.retire);
}

/** Made where they are not there, and brought up; what stands by is let in by nobody. */
function* finish(world: SimulatedWorld, names: readonly VmName[]): Steps {
  for (const name of names) {
    if (world.vms.has(name)) continue;
    yield* reach(world, world.slots.get(name)?.cloud ?? '');
    world.create(name);
  }
  yield* bringUp(
    world,
    names.filter((name) => isUnfinished(world.vms.get(name)) && !world.standby.has(name)),
  );
}

function* leave(world: SimulatedWorld, names: readonly VmName[]): Steps {
  yield* drain(world, names);
  for (const name of names) {
    const vm = world.vms.get(name);
    if (vm !== undefined) Object.assign(vm, { joinedAt: undefined, isDraining: false });
  }
}

/** Counts that do not fit what is there and leaves would make an infrastructure delete at will. */
function addSlots(world: SimulatedWorld, { counts, retire: leaving }: Change, made: VmName[]): void {
  for (const cloud of world.clouds.keys()) {
    const staying = [...world.slots].filter(
      ([name, slot]) => slot.cloud === cloud && !leaving.includes(name),
    );
    const missing = (counts[cloud] ?? 0) - staying.length;
    if (missing < 0) throw new Error(`counts ask for fewer at '${cloud}' than stay`);
    for (let index = 0; index < missing; index++) made.push(world.newSlot(cloud, leaving));
  }
}

function isUnfinished(vm: SimulatedVm | undefined): boolean {
  return (
    vm !== undefined && vm.state === 'on' && (vm.configuredAt === undefined || vm.joinedAt === undefined)
  );
}

function* bringUp(world: SimulatedWorld, names: readonly VmName[]): Steps {
  for (const name of names) yield* until(world, name, (vm) => vm.bootsAt <= world.now);
  for (const name of names) vmOf(world, name).configuredAt ??= world.now + world.times.configureMs;
  for (const name of names) yield* join(world, name);
  for (const name of names) yield* until(world, name, (vm) => world.isGood(vm));
}

function* join(world: SimulatedWorld, name: VmName): Steps {
  yield* until(world, name, ({ configuredAt }) => configuredAt !== undefined && configuredAt <= world.now);
  const vm = vmOf(world, name);
  vm.isDraining = false;
  vm.joinedAt = world.now;
}

function* retire(world: SimulatedWorld, names: readonly VmName[]): Steps {
  yield* drain(world, names);
  for (const name of names) {
    yield* reach(world, world.slots.get(name)?.cloud ?? '');
    world.remove(name);
  }
}

function* drain(world: SimulatedWorld, names: readonly VmName[]): Steps {
  const joined = names.map((name) => world.vms.get(name)).filter((vm) => vm?.joinedAt !== undefined);
  for (const vm of joined) if (vm !== undefined) vm.isDraining = true;
  const drainedAt = world.now + world.times.drainMs;
  while (joined.some((vm) => vm?.state === 'on') && world.now < drainedAt) yield;
}

function* roll(world: SimulatedWorld, names: readonly VmName[]): Steps {
  yield* drain(world, names);
  for (const name of names) {
    yield* until(world, name, ({ bootsAt }) => bootsAt <= world.now);
    const vm = vmOf(world, name);
    vm.version = world.version;
    vm.configuredAt = world.now + world.times.configureMs;
  }
  for (const name of names) yield* join(world, name);
  for (const name of names) yield* until(world, name, (vm) => world.isGood(vm));
}

/** A VM that runs, once it is as asked. */
function* until(world: SimulatedWorld, name: VmName, isSo: (vm: SimulatedVm) => boolean): Steps {
  const deadline = world.now + patienceMs;
  for (;;) {
    const vm = vmOf(world, name);
    if (vm.state === 'on' && isSo(vm)) return;
    if (vm.state !== 'on' || world.now > deadline) throw new SimulatedFailure('internal', vm.cloud);
    yield;
  }
}

function* reach(world: SimulatedWorld, cloud: string): Steps {
  const deadline = world.now + patienceMs;
  while (!world.answers(cloud)) {
    if (world.now > deadline) throw new SimulatedFailure('unavailable', cloud);
    yield;
  }
}

function vmOf(world: SimulatedWorld, name: VmName): SimulatedVm {
  const vm = world.vms.get(name);
  if (vm === undefined) throw new SimulatedFailure('not-found', world.slots.get(name)?.cloud ?? '');
  return vm;
}
