export { type SealingKey, open, parseSealingKey, seal } from './seal.ts';
export { sealingKeyOfPassphrase } from './passphrase.ts';
export { derivedKey } from './derived-key.ts';
export { readOrCreateKeyFile } from './key-file.ts';
