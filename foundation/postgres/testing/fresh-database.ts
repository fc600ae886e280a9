import { PlatformError } from '@trencadis/errors';
import { newUuid } from '@trencadis/ids';
import { Client } from 'pg';
import { inject } from 'vitest';
import { type Database, connect } from '../connect.ts';

declare module 'vitest' {
  interface ProvidedContext {
    readonly postgresUrl: string;
  }
}

export interface TestDatabase extends AsyncDisposable {
  readonly db: Database;
  readonly url: string;
}

/** An empty database of its own in the server that the test run shares; dropped when disposed (`await using`). */
export async function freshDatabase(): Promise<TestDatabase> {
  const serverUrl = inject('postgresUrl') as string | undefined;
  if (serverUrl === undefined) {
    throw new PlatformError(
      'internal',
      'No test server: add foundation/postgres/testing/global-setup.ts to globalSetup.',
    );
  }
  const name = `test_${newUuid().replaceAll('-', '')}`;
  await runOnServer(serverUrl, `create database ${name}`);
  const url = new URL(serverUrl);
  url.pathname = name;
  const db = connect(url.href);
  return {
    db,
    url: url.href,
    [Symbol.asyncDispose]: async () => {
      await db.close();
      await runOnServer(serverUrl, `drop database ${name} with (force)`);
    },
  };
}

async function runOnServer(serverUrl: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: serverUrl });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
