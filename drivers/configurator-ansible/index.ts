export { type AnsibleConfiguratorOptions, createAnsibleConfigurator } from './configurator.ts';
