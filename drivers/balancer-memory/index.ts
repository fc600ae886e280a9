export {
  type MemoryBalancerOptions,
  createMemoryBalancer,
  memoryBalancerCapabilities,
} from './memory-balancer.ts';
export { type BalancerOperation, MemoryBalancerWorld } from './memory-balancer-world.ts';
