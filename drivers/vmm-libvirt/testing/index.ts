export { type RunningLibvirt, startLibvirt } from './start-libvirt.ts';
