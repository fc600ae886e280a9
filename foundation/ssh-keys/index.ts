export { type SshKeyPair, generateSshKeyPair } from './ssh-key-pair.ts';
