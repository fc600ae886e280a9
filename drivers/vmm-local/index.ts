export { createLocalVmm } from './local-vmm.ts';
export { type LocalVmmProbe, type LocalVmmProblem, probeLocalVmm } from './probe.ts';
export type { LocalVmmOptions } from './site.ts';
