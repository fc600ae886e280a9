export { createMemoryInfrastructureStore } from './memory-store.ts';
