export { exampleRecord, exampleShare, newEouid } from './fixtures.ts';
export { freshKeyDatabase, readDatabaseDefinition } from './key-database.ts';
export { type RunningKeyServer, startKeyServer, testAudience, testSealingKey } from './running-key-server.ts';
