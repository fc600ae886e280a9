export { type RemoteShellHarness, describeRemoteShell } from './testing/describe-remote-shell.ts';
export { type ConfiguratorHarness, describeConfigurator } from './testing/describe-configurator.ts';
