export { simulatorApi } from './api.ts';
export { type SimulatorOptions, createSimulator } from './create-simulator.ts';
export { type SimulatedVmm, type SimulatedVmmOptions, createSimulatedVmm } from './simulated-vmm.ts';
