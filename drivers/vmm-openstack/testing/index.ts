export { type Openstack, startOpenstack } from './start-openstack.ts';
