export { createAutoScalingGroups } from './auto-scaling-groups.ts';
export { createElbBalancer } from './elb-balancer.ts';
