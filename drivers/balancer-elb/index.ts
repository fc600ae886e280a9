export type { AmazonAccount, AmazonOptions } from './account-settings.ts';
export { createElbBalancer } from './elb-balancer.ts';
