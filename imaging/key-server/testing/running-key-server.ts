import { type TokenIssuer, createTokenIssuer } from '@trencadis/access/issuer';
import { systemClock } from '@trencadis/clock';
import { type HttpServer, listen } from '@trencadis/http';
import { createLog } from '@trencadis/log';
import type { TestDatabase } from '@trencadis/postgres/testing';
import { parseSealingKey } from '@trencadis/sealing';
import { type KeyServerClient, createKeyServerClient } from '../client.ts';
import { createKeyServer, createPostgresKeyStore } from '../index.ts';
import { freshKeyDatabase } from './key-database.ts';

export interface RunningKeyServer extends AsyncDisposable {
  readonly server: HttpServer;
  readonly baseUrl: string;
  readonly database: TestDatabase;
  readonly vo: TokenIssuer;
  readonly logLines: readonly string[];
  /** A client whose caller, Ada, holds these scopes. */
  clientWith(...scopes: string[]): Promise<KeyServerClient>;
  clientWithToken(token: string): KeyServerClient;
}

export const testSealingKey = parseSealingKey(Buffer.alloc(32, 7).toString('base64url'));
export const testAudience = 'https://key-server.test';

/** A Key Server on loopback over a database of its own. */
export async function startKeyServer(): Promise<RunningKeyServer> {
  const clock = systemClock;
  const database = await freshKeyDatabase();
  const logLines: string[] = [];
  const destination = { write: (line: string) => void logLines.push(line) };
  const vo = await createTokenIssuer({ issuer: 'https://vo.test', audience: testAudience, clock });
  const server = await createKeyServer({
    store: createPostgresKeyStore(database.db),
    sealingKey: testSealingKey,
    tokenIssuers: [vo.trusted],
    clock,
    log: createLog({ name: 'key-server', level: 'debug', destination }),
    version: '0.0.0',
  });
  const baseUrl = await listen(server, { host: '127.0.0.1', port: 0 });
  return {
    server,
    baseUrl,
    database,
    vo,
    logLines,
    clientWith: async (...scopes) =>
      createKeyServerClient({ baseUrl, token: await vo.issueToken({ subject: 'ada', scopes }) }),
    clientWithToken: (token) => createKeyServerClient({ baseUrl, token }),
    [Symbol.asyncDispose]: async () => {
      await server.close();
      await database[Symbol.asyncDispose]();
    },
  };
}
