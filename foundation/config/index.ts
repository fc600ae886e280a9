export { type ConfigSources, readConfig } from './read-config.ts';
export { readVariable } from './read-variable.ts';
export { stateDirectory } from './state-directory.ts';
