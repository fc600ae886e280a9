export type {
  Condition,
  DesiredInfrastructure,
  GivenDocument,
  Infrastructure,
  InfrastructureStatus,
  Member,
  ObservedInfrastructure,
  Plan,
  PlanKind,
  Planning,
  StepView,
  VmStatusView,
} from './model.ts';
export { infrastructureMigrations } from './migrations.ts';
export { createPostgresInfrastructureStore } from './store-postgres.ts';
export type { InfrastructureStore, PlanSummary } from './store.ts';
export { infrastructureSteps } from './steps/index.ts';
export type { ComponentDelivery, Snapshot, SnapshotCatalog, StepWorld } from './step-world.ts';
export { type Vault, createVault } from './vault.ts';
export {
  type InfrastructureService,
  type InfrastructureServiceParts,
  createInfrastructureService,
} from './service.ts';
export { infrastructureApi } from './api.ts';
export { type InfrastructureHandlersParts, infrastructureHandlers } from './routes.ts';
export { type Access, type InfrastructureCaller, accessOf, requireAccess } from './access.ts';
export { type Drift, type DriftKind, driftKinds } from './drift.ts';
export type { DriftReport } from './describe-drift.ts';
export type { PlanStatus } from './describe-plan.ts';
export { type Reconciler, type ReconcilerOptions, createReconciler } from './reconciler.ts';
export type { ReconcilerLog, ReconcilerParts } from './reconciler-parts.ts';
export { type KnownStatus, StatusCache } from './status-cache.ts';
export type { AuditSink, AuditedAct } from './audit-sink.ts';
export type { ChangeRequest } from './change-request.ts';
export type { AccountQuota } from './quota.ts';
export {
  announceLocalServer,
  readOrCreateLocalToken,
  refuseSecondServer,
  withdrawLocalServer,
} from './local-server.ts';
export { snapshotTag, vmName } from './resource-names.ts';
export { type Preparation, type PreparationParts, prepare } from './prepare.ts';
export { resolveConfigurations } from './resolve-configuration.ts';
