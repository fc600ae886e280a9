export type * from './model.ts';
export { accountApi } from './api.ts';
export { accountMigrations } from './migrations.ts';
export { operatorName } from './model.ts';
export { accountHandlers } from './routes.ts';
export {
  type AccountService,
  type AccountServiceParts,
  type NewAccount,
  type TokenOrder,
  createAccountService,
  tokenPrefix,
} from './service.ts';
export { createMemoryAccountStore } from './store-memory.ts';
export { createPostgresAccountStore } from './store-postgres.ts';
export type { AccountChanges, AccountStore } from './store.ts';
