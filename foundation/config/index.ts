export { type ConfigSources, readConfig } from './read-config.ts';
export { stateDirectory } from './state-directory.ts';
