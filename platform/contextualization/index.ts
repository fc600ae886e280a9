export type * from './model.ts';
export { createScrubber } from './scrub.ts';
export { asUserData, isScript, joinUserData, maxUserDataBytes, splitUserData } from './user-data.ts';
export { type SshConfig, sshConfigOf } from './ssh-config.ts';
