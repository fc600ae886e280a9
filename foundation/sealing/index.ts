export { type SealingKey, open, parseSealingKey, seal } from './seal.ts';
export { readOrCreateKeyFile } from './key-file.ts';
