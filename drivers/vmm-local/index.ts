export { type LocalVmmOptions, createLocalVmm } from './local-vmm.ts';
export { type LocalVmmProbe, type LocalVmmProblem, probeLocalVmm } from './probe.ts';
