export type * from './model.ts';
export { cloudApi } from './api.ts';
export { vmmSiteMigrations } from './migrations.ts';
export { platformOwner } from './model.ts';
export { cloudHandlers } from './routes.ts';
export {
  type CallCredentials,
  type SiteChange,
  type SiteOrder,
  type VmmSites,
  type VmmSitesParts,
  createVmmSites,
} from './sites.ts';
export { createPostgresSiteStore } from './store-postgres.ts';
export { type SiteStore, type StoredSite, createMemorySiteStore } from './store.ts';
