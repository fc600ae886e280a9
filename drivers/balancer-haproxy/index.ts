export { type HaproxyBalancerOptions, createHaproxyBalancer } from './haproxy-balancer.ts';
