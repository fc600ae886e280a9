export { createCloudInitConfigurator } from './configurator.ts';
