export { type Proxy, startProxy } from './start-proxy.ts';
export { type KeyType, type Sshd, startSshd } from './start-sshd.ts';
