export { type AnsibleConfiguratorOptions, createAnsibleConfigurator } from './configurator.ts';
export { ansibleHostPackages } from './host-packages.ts';
