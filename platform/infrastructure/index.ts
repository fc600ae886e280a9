export type {
  Condition,
  DesiredInfrastructure,
  Infrastructure,
  InfrastructureStatus,
  ObservedInfrastructure,
  Plan,
  PlanKind,
  PlannedDocument,
  Planning,
  StepView,
  VmStatusView,
} from './model.ts';
export { infrastructureMigrations } from './migrations.ts';
export { createPostgresInfrastructureStore } from './store-postgres.ts';
export type { InfrastructureStore } from './store.ts';
export { infrastructureSteps } from './steps/index.ts';
export type { ComponentDelivery, StepWorld } from './step-world.ts';
export { type Vault, createVault } from './vault.ts';
export {
  type InfrastructureService,
  type InfrastructureServiceParts,
  createInfrastructureService,
} from './service.ts';
export { infrastructureApi } from './api.ts';
export { type Owner, infrastructureHandlers } from './routes.ts';
export {
  announceLocalServer,
  readOrCreateLocalToken,
  refuseSecondServer,
  withdrawLocalServer,
} from './local-server.ts';
export { type Preparation, type PreparationParts, prepareDeploy } from './prepare.ts';
export { resolveConfigurations } from './resolve-configuration.ts';
export { type SshKeyPair, generateSshKeyPair } from './ssh-key-pair.ts';
