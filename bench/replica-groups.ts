/**
 * A day of many services (G-6): `node bench/replica-groups.ts [GROUPS [HOURS]]`, about ten replicas each, decided every
 * 5 s. Load follows the day, in every tenth group it is constant; VMs stop, freeze and vanish, launches fail, VM managers
 * fall silent, controllers crash. Prints how much CPU time decisions on all groups take in one tick, the memory of everything, and
 * what must be 0: bounds or brakes broken, sizes that swing under constant load, replicas lost or left over in the end.
 * The ratio is to the goals: 100 ms and 200 MB.
 */
import { decideGroup } from '@trencadis/availability';
import {
  type CrashPoint,
  SimulatedGroup,
  type SimulatedTick,
  breachesOf,
  endFaults,
  faults,
  liftFreeze,
  seededRandom,
  simulatedSpec,
} from '@trencadis/availability/testing';
import { heapMB } from './report/heap-size.ts';
import { showFigure } from './report/show-figure.ts';

const groupCount = Number(process.argv[2] ?? 1000);
const hours = Number(process.argv[3] ?? 1);
const tickMs = 5_000;
const ticksPerHour = 3_600_000 / tickMs;
const goals = { tickMs: 100, heapMB: 200 };
/** `undefined`: the controller crashes. */
const kinds = ['vanish', 'stop', 'freeze', 'failLaunches', 'silence', undefined] as const;
const crashPoints: readonly CrashPoint[] = ['before-write', 'after-write', 'after-start', 'mid-plan'];

const cpu = { metric: 'cpu', statistic: 'mean' } as const;
const spec = simulatedSpec({
  replicas: { min: 6, max: 14 },
  scaling: {
    policies: [
      { id: 'busy', ...cpu, kind: 'above', threshold: 80, forMs: 60_000, step: 1 },
      { id: 'idle', ...cpu, kind: 'below', threshold: 30, forMs: 300_000, step: 1, ceiling: 70 },
    ],
  },
});

interface Service {
  readonly group: SimulatedGroup;
  readonly isConstant: boolean;
  /** Of a day. */
  readonly offset: number;
  /** What its size did under constant load, and when. */
  readonly steps: { readonly at: number; readonly by: number }[];
}

const figures = { breaches: 0, swings: 0, decisions: 0, actions: 0, faults: 0 };

function newService(index: number): Service {
  const group = new SimulatedGroup(spec, { seed: index });
  group.state = { ...group.state, desired: 10 };
  const service = { group, isConstant: index % 10 === 0, offset: (index % 97) / 97, steps: [] };
  group.onTick = (tick) => {
    watch(service, tick);
  };
  return service;
}

function watch({ isConstant, steps, group }: Service, tick: SimulatedTick): void {
  figures.decisions++;
  if (tick.decision.action !== undefined) figures.actions++;
  figures.breaches += breachesOf(tick).length;
  const by = tick.decision.state.desired - tick.snapshot.state.desired;
  if (by === 0 || !isConstant) return;
  const windowMs = spec.scaling.stabilization.downMs;
  const former = steps.at(-1);
  if (by < 0 && former !== undefined && former.by > 0 && group.world.now - former.at <= windowMs)
    figures.swings++;
  steps.push({ at: group.world.now, by });
}

/** In replicas' worth of full use: what ten replicas do at 15 to 95 % in the course of a day; constant: 55 %. */
function loadOf({ isConstant, offset }: Service, tick: number): number {
  if (isConstant) return 5.5;
  const day = tick / (24 * ticksPerHour) + offset;
  return 5.5 - 4 * Math.cos(2 * Math.PI * day);
}

/** As an exporter on every replica tells: the load is shared by those that are well. */
function sample({ group, ...service }: Service, tick: number): void {
  const { world } = group;
  if (tick % 2 !== 0) return;
  const names = [...world.vms.values()]
    .filter((vm) => world.isGood(vm) && !vm.isDraining)
    .map(({ name }) => name);
  const value = Math.min(100, (100 * loadOf({ group, ...service }, tick)) / Math.max(1, names.length));
  const one = { at: world.now, value };
  group.samples = { byReplica: { cpu: Object.fromEntries(names.map((name) => [name, one])) }, ofGroup: {} };
}

/** About one fault a group in two hours, each kind as often as the others. */
function disturb({ group }: Service, random: () => number): CrashPoint | undefined {
  if (random() * 2 * ticksPerHour >= 1) return undefined;
  figures.faults++;
  const pick = Math.floor(random() * 1000);
  const kind = kinds[pick % kinds.length];
  if (kind === undefined) return crashPoints[pick % crashPoints.length];
  faults[kind](group, pick);
  return undefined;
}

/** An operator ends freezes; then nothing is left to be done, nothing lacks, nothing is too many. */
function isRestored({ group }: Service): boolean {
  endFaults(group);
  liftFreeze(group);
  try {
    group.runUntil((one) => one.isWhole(), 2000);
    return true;
  } catch {
    return false;
  }
}

const services = Array.from({ length: groupCount }, (_, index) => newService(index));
const random = seededRandom(42);
const durations: number[] = [];
let mostMB = 0;
for (let tick = 0; tick < hours * ticksPerHour; tick++) {
  for (const service of services) sample(service, tick);
  const crashes = services.map((service) => disturb(service, random));
  const snapshots = services.map(({ group }) => group.observe());
  const before = process.cpuUsage();
  const decisions = snapshots.map((snapshot) => (snapshot === undefined ? undefined : decideGroup(snapshot)));
  const { user, system } = process.cpuUsage(before);
  durations.push((user + system) / 1000);
  for (const [index, { group }] of services.entries()) {
    const snapshot = snapshots[index];
    const decision = decisions[index];
    if (snapshot !== undefined && decision !== undefined) group.carryOut(snapshot, decision, crashes[index]);
  }
  if (tick % ticksPerHour === ticksPerHour - 1) mostMB = Math.max(mostMB, heapMB());
}
const lost = services.filter((service) => !isRestored(service)).length;
const sorted = durations.toSorted((one, other) => one - other);
const quantile = (part: number) =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
const of = `${groupCount} groups over ${hours} h`;
for (const [name, part] of [
  ['p50', 0.5],
  ['p99', 0.99],
  ['longest', 1],
] as const) {
  const ms = quantile(part);
  showFigure({
    label: `CPU ms to decide on ${of} in one tick, ${name}`,
    value: ms.toFixed(1),
    ratio: goals.tickMs / ms,
  });
}
showFigure({
  label: `MB of heap, with the simulation`,
  value: mostMB.toFixed(0),
  ratio: goals.heapMB / mostMB,
});
console.log(
  `${figures.decisions} decisions, ${figures.actions} plans, ${figures.faults} faults: ${figures.breaches} bounds or brakes broken, ` +
    `${figures.swings} swings under constant load, ${lost} groups with replicas lost or left over`,
);
if (figures.breaches + figures.swings + lost > 0) process.exitCode = 1;
