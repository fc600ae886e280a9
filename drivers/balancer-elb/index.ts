export type { AmazonAccount, AmazonOptions } from './account-settings.ts';
export { createAutoScalingGroups } from './auto-scaling-groups.ts';
export { createElbBalancer } from './elb-balancer.ts';
