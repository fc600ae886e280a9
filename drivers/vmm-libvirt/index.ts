export { type LibvirtCredentials, libvirtCredentials } from './credentials.ts';
export { type LibvirtVmmOptions, createLibvirtVmm } from './libvirt-vmm.ts';
