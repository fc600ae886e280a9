export type { Waits } from './cloud.ts';
export type { OctaviaCredentials } from './credentials.ts';
export { type OctaviaBalancerOptions, createOctaviaBalancer, hasKeyManager } from './octavia-balancer.ts';
