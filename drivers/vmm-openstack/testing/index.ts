export { type Openstack, type RunningOpenstack, startOpenstack } from './start-openstack.ts';
