export { type TestDatabase, freshDatabase } from './fresh-database.ts';
