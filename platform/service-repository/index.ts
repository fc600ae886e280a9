export type * from './model.ts';
export { serviceApi } from './api.ts';
export type { ServiceOffers } from './check-needs.ts';
export { serviceRepositoryMigrations } from './migrations.ts';
export { readServiceDescription, readServiceDescriptions } from './read-service-descriptions.ts';
export { type Rendered, renderService } from './render.ts';
export { serviceHandlers } from './routes.ts';
export {
  type ServiceRepository,
  type ServiceRepositoryParts,
  type WaitingService,
  createServiceRepository,
} from './service.ts';
export { createPostgresServiceStore } from './store-postgres.ts';
export { type ServiceStore, createMemoryServiceStore } from './store.ts';
export { validateService } from './validate.ts';
