export { exampleSpec } from './examples.ts';
export { LocalLeadership, Office } from './local-leadership.ts';
export { ManualClock } from './manual-clock.ts';
export { createMemoryServiceStore } from './memory-store.ts';
export { SimulatedFleet, SimulatedGroup } from './simulated-fleet.ts';
export { SimulatedMeasuring } from './simulated-measuring.ts';
