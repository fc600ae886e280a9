export type { ImApiParts } from './parts.ts';
export { imRoutes, registerImApi } from './register-im-api.ts';
