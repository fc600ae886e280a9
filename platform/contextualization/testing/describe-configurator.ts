export interface ConfiguratorHarness {
  readonly x: 1;
}
export function describeConfigurator(): void {}
