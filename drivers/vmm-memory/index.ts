export { type MemoryVmm, type MemoryVmmOptions, createMemoryVmm, memoryCapabilities } from './memory-vmm.ts';
export { MemoryVmmWorld, type MemoryQuota } from './memory-vmm-world.ts';
export { seededRandom } from './seeded-random.ts';
