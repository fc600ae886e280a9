import { createTokenIssuer } from '@trencadis/access/issuer';
import { systemClock } from '@trencadis/clock';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type KeyServerClient, createKeyServerClient, keyServerApi } from './client.ts';
import {
  type RunningKeyServer,
  exampleShare,
  newEouid,
  startKeyServer,
  testAudience,
} from './testing/index.ts';

let running: RunningKeyServer;
const params = { eouid: newEouid() };
const everything = ['key.write:/', 'key.read:/', 'key.update:/', 'key.sign:/'];

/** One call of every endpoint that needs a right, on an object of ontology 5. */
const calls: Record<string, (client: KeyServerClient) => Promise<unknown>> = {
  storeShare: (client) => client.storeShare({ params, body: { ...exampleShare(), ontologies: [5] } }),
  retrieveShare: (client) => client.retrieveShare({ params, query: { ontology: 5 } }),
  updateShare: (client) => client.updateShare({ params, body: { ...exampleShare(), version: 1 } }),
  signBinding: (client) => client.signBinding({ body: { ...params, ontologies: [5] } }),
};
const operations: Record<string, string> = {
  storeShare: 'key.write',
  retrieveShare: 'key.read',
  updateShare: 'key.update',
  signBinding: 'key.sign',
};
/** These answer everybody: liveness, readiness and public keys tell nothing of any object. */
const publicEndpoints = ['getSigningKeys', 'checkLive', 'checkReady'];

beforeAll(async () => {
  running = await startKeyServer();
  const admin = await running.clientWith(...everything);
  await calls['storeShare']!(admin);
});
afterAll(async () => {
  await running[Symbol.asyncDispose]();
});

describe('every endpoint', () => {
  it('is either in this file or public on purpose', () => {
    const guarded = Object.entries(keyServerApi).filter(([, { access }]) => access !== 'public');
    expect(guarded.map(([name]) => name).toSorted()).toEqual(Object.keys(calls).toSorted());
    expect([...Object.keys(calls), ...publicEndpoints].toSorted()).toEqual(
      Object.keys(keyServerApi).toSorted(),
    );
  });

  it('public, answers without a token', async () => {
    await using client = createKeyServerClient({ baseUrl: running.baseUrl });
    expect(await client.checkLive({})).toEqual({ status: 'ok' });
    expect(await client.checkReady({})).toEqual({ status: 'ok' });
    expect((await client.getSigningKeys({})).keys).toHaveLength(1);
  });
});

describe.each(Object.keys(calls))('%s', (name) => {
  const call = calls[name]!;
  const operation = operations[name]!;

  it('answers 401 without a token', async () => {
    await using client = createKeyServerClient({ baseUrl: running.baseUrl });
    await expect(call(client)).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  it('answers 401 to an expired token', async () => {
    const token = await running.vo.issueToken({ subject: 'ada', scopes: everything, lifetimeSeconds: -60 });
    await expect(call(running.clientWithToken(token))).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  it.each([
    { what: 'another audience', change: { audience: 'https://elsewhere.test' } },
    { what: 'another issuer', change: { issuer: 'https://eve.test' } },
    { what: 'an impostor of the issuer', change: { withOwnKey: true } },
  ])('answers 401 to a token of $what', async ({ change: { withOwnKey = false, ...change } }) => {
    const settings = { issuer: 'https://vo.test', audience: testAudience, clock: systemClock, ...change };
    const key = withOwnKey ? {} : { privateJwk: running.vo.privateJwk };
    const other = await createTokenIssuer({ ...settings, ...key });
    const token = await other.issueToken({ subject: 'eve', scopes: everything });
    await expect(call(running.clientWithToken(token))).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  it('answers 403 without the operation, and audits it', async () => {
    const others = everything.filter((scope) => !scope.startsWith(operation));
    await expect(call(await running.clientWith(...others))).rejects.toMatchObject({ code: 'forbidden' });
    const { rows } = await running.database.db.pool.query(
      "select * from audit_events where operation = $1 and decision = 'denied' and subject = 'ada'",
      [operation],
    );
    expect(rows.length).toBeGreaterThan(0);
  });

  it.each(['/ontologies/50', '/ontologies/6', '/ontologies/5/x'])(
    'does nothing for a caller who holds only %s',
    async (path) => {
      // An update names no ontology, so it would tell that the object exists: it answers as if it did not.
      const code = name === 'updateShare' ? 'not-found' : 'forbidden';
      await expect(call(await running.clientWith(`${operation}:${path}`))).rejects.toMatchObject({ code });
    },
  );

  it('answers a caller who holds exactly the right', async () => {
    await expect(call(await running.clientWith(`${operation}:/ontologies/5`))).resolves.toBeDefined();
  });
});

describe('an object of two ontologies', () => {
  it('is stored, updated and signed only by who holds both, and retrieved by who holds one', async () => {
    const both = { eouid: newEouid() };
    const stored = { params: both, body: { ...exampleShare(), ontologies: [5, 6] } };
    const half = await running.clientWith(...everything.map((scope) => `${scope}ontologies/5`));
    const forbidden = { code: 'forbidden' };
    await expect(half.storeShare(stored)).rejects.toMatchObject(forbidden);
    await (await running.clientWith(...everything)).storeShare(stored);
    const update = { params: both, body: { ...exampleShare('x'), version: 1 } };
    await expect(half.updateShare(update)).rejects.toMatchObject(forbidden);
    await expect(half.signBinding({ body: { ...both, ontologies: [5, 6] } })).rejects.toMatchObject(
      forbidden,
    );
    const got = half.retrieveShare({ params: both, query: { ontology: 5 } });
    await expect(got).resolves.toMatchObject({ version: 1, share: exampleShare().share });
  });
});
