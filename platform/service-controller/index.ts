export type {
  Fleet,
  Group,
  GroupKey,
  HookVerdict,
  ObservedBalancer,
  ObservedReplica,
  ObservedVms,
} from './fleet.ts';
export type { GroupRecord, GroupView, StoredEvaluation, StoredEvent } from './group-record.ts';
export type { BalancerLooks, Measuring, ProbeAnswer, PushedFigures } from './measuring.ts';
export type { Leadership } from './leadership.ts';
export type { ServiceStore } from './store.ts';
export { type MeasuringParts, type MeasuringWay, createMeasuring } from './create-measuring.ts';
export { createPostgresLeadership } from './leadership-postgres.ts';
export { createPostgresServiceStore } from './store-postgres.ts';
export { serviceControllerMigrations } from './migrations.ts';
export {
  type ServiceController,
  type ServiceControllerOptions,
  type ServiceControllerParts,
  createServiceController,
} from './controller.ts';
export { ServiceControl, type ServiceControlParts } from './service-control.ts';
export { serviceControlApi } from './api.ts';
export { type ServiceControlHandlersParts, serviceControlHandlers } from './routes.ts';
export { type ServiceTokens, createServiceTokens, serviceTokenPrefix } from './service-tokens.ts';
export type { NativeEngine, NativeGroups, NativeLook } from './native-groups.ts';
export { InfrastructureNativeGroups } from './fleet/infrastructure-native-groups.ts';
export { InfrastructureFleet } from './fleet/infrastructure-fleet.ts';
