export { type OpenNebulaCredentials, openNebulaCredentials } from './credentials.ts';
export { type OpenNebulaVmmOptions, createOpenNebulaVmm } from './opennebula-vmm.ts';
