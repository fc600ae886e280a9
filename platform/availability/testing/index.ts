export { breachesOf } from './breaches.ts';
export { endFaults, faults, liftFreeze } from './faults.ts';
export { seededRandom } from './seeded-random.ts';
export { type CrashPoint, SimulatedGroup, type SimulatedTick } from './simulated-group.ts';
export { simulatedSpec } from './simulated-spec.ts';
