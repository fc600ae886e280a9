export type { Waits } from './cloud.ts';
export {
  type OctaviaBalancerOptions,
  type OctaviaCredentials,
  createOctaviaBalancer,
  hasKeyManager,
} from './octavia-balancer.ts';
