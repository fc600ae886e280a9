export { type OpenstackCredentials, openstackCredentials } from './credentials.ts';
export { type OpenstackVmmOptions, createOpenstackVmm } from './openstack-vmm.ts';
