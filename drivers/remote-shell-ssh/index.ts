export { createSshShellDriver } from './driver.ts';
