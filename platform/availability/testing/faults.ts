import { PlatformError } from '@trencadis/errors';
import type { VmName } from '@trencadis/ids';
import { withStandby } from '../edit-group-state.ts';
import type { SimulatedGroup } from './simulated-group.ts';
import type { SimulatedVm } from './simulated-world.ts';

/** `pick` chooses among what there is; equal picks choose equally. */
type Cause = (group: SimulatedGroup, pick: number) => void;

export function nthOf<Item>(items: Iterable<Item>, pick: number): Item | undefined {
  const all = [...items];
  return all[pick % Math.max(1, all.length)];
}

function onVm(change: (vm: SimulatedVm, pick: number) => void): Cause {
  return ({ world }, pick) => {
    const vm = nthOf(world.vms.values(), pick);
    if (vm !== undefined) change(vm, pick);
  };
}

function silence({ world }: SimulatedGroup, pick: number): void {
  const cloud = nthOf(world.clouds.values(), pick);
  if (cloud !== undefined) cloud.silentUntil = world.now + (pick % 300) * 1000;
}

function failLaunches({ world }: SimulatedGroup, pick: number): void {
  const code = pick % 2 === 0 ? 'unavailable' : 'internal';
  nthOf(world.clouds.values(), pick)?.failures.push(...Array.from({ length: pick % 6 }, () => code));
}

function lackRoom({ world }: SimulatedGroup, pick: number): void {
  const cloud = nthOf(world.clouds.values(), pick);
  if (cloud !== undefined) cloud.room = pick % 4;
}

function protect(group: SimulatedGroup, pick: number): void {
  const { state } = group;
  const [name, record] = nthOf(Object.entries(state.replicas), pick) ?? [];
  if (name === undefined || record === undefined) return;
  group.state = { ...state, replicas: { ...state.replicas, [name]: { ...record, isProtected: true } } };
}

function standBy(group: SimulatedGroup, pick: number): void {
  const { state } = group;
  const [name, record] = nthOf(Object.entries(state.replicas), pick) ?? [];
  if (name === undefined || record === undefined) return;
  const edited = withStandby(state, name as VmName, record.isStandby !== true);
  if (!(edited instanceof PlatformError)) group.state = edited;
}

function resize(group: SimulatedGroup, pick: number): void {
  const { min, max } = group.spec.replicas;
  group.state = { ...group.state, desired: min + (pick % (max - min + 1)) };
}

/** What befalls a group, and what operators do to it. */
export const faults = {
  vanish: ({ world }, pick) => void world.vms.delete(nthOf(world.vms.keys(), pick) ?? ('' as VmName)),
  stop: onVm((vm, pick) => {
    vm.state = pick % 2 === 0 ? 'stopped' : 'failed';
  }),
  freeze: onVm((vm) => {
    vm.isFrozen = true;
  }),
  silence,
  failLaunches,
  lackRoom,
  /** Plans that fail leave what they made. */
  leave: ({ world }, pick) => {
    world.leftovers = (pick % 3) / 2;
  },
  protect,
  standBy,
  resize,
  roll: ({ world }) => {
    world.version++;
  },
  liftFreeze,
} satisfies Readonly<Record<string, Cause>>;

export type FaultKind = keyof typeof faults;

export const faultKinds = Object.keys(faults) as readonly FaultKind[];

/** VM managers answer, have room, and fail nothing from now on. */
export function endFaults({ world }: SimulatedGroup): void {
  for (const cloud of world.clouds.values()) {
    cloud.failures.length = 0;
    cloud.silentUntil = 0;
    cloud.room = Number.POSITIVE_INFINITY;
  }
  world.leftovers = 0;
}

export function liftFreeze(group: SimulatedGroup): void {
  const { frozen: _, ...state } = group.state;
  group.state = { ...state, liftedAt: group.world.now };
}

/** Protection keeps a group too large, and one whose replicas are frozen for good stays so: an operator ends both. */
export function unlock(group: SimulatedGroup): void {
  liftFreeze(group);
  const free = Object.entries(group.state.replicas).map(([name, record]) => {
    const { isProtected: _, ...rest } = record;
    return [name, rest] as const;
  });
  group.state = { ...group.state, replicas: Object.fromEntries(free) };
}
