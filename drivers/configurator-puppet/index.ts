export { type PuppetConfiguratorOptions, createPuppetConfigurator } from './configurator.ts';
