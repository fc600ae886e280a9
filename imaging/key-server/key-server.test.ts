import { newUuid } from '@trencadis/ids';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type KeyServerClient, verifyBinding } from './client.ts';
import { type RunningKeyServer, exampleShare, newEouid, startKeyServer } from './testing/index.ts';

let running: RunningKeyServer;
/** Holds everything on ontologies 5 and 6. */
let ada: KeyServerClient;

beforeAll(async () => {
  running = await startKeyServer();
  const operations = ['key.write', 'key.read', 'key.update', 'key.sign'];
  ada = await running.clientWith(
    ...operations.flatMap((one) => [`${one}:/ontologies/5`, `${one}:/ontologies/6`]),
  );
});
afterAll(async () => {
  await running[Symbol.asyncDispose]();
});

async function storeNew(ontologies = [5]) {
  const params = { eouid: newEouid() };
  const stored = await ada.storeShare({ params, body: { ...exampleShare(), ontologies } });
  return { params, stored };
}

async function auditOf(eouid: string) {
  const { rows } = await running.database.db.pool.query<Record<string, unknown>>(
    'select subject, operation, ontologies, decision from audit_events where eouid = $1 order by sequence',
    [eouid],
  );
  return rows;
}

describe('storing a share', () => {
  it('keeps it, for each of its ontologies', async () => {
    const { params, stored } = await storeNew([6, 5, 6]);
    expect(stored).toMatchObject({ ...params, shareId: 2, version: 1, ontologies: [5, 6] });
    for (const ontology of [5, 6]) {
      const found = await ada.retrieveShare({ params, query: { ontology } });
      expect(found).toEqual({ ...params, ...exampleShare(), version: 1 });
    }
  });

  it('twice with the same content changes nothing; with other content it is refused', async () => {
    const { params, stored } = await storeNew([5]);
    const again = { params, body: { ...exampleShare(), ontologies: [5] } };
    expect(await ada.storeShare(again)).toEqual(stored);
    const others = [
      exampleShare('b'),
      { ...exampleShare(), share: exampleShare('b').share },
      { ...exampleShare(), mac: exampleShare('b').mac },
      { ...exampleShare(), shareId: 3 },
      { ...exampleShare(), ontologies: [5, 6] },
    ];
    for (const other of others) {
      const storing = ada.storeShare({ params, body: { ...again.body, ...other } });
      await expect(storing).rejects.toMatchObject({ code: 'already-exists' });
    }
    expect(await ada.retrieveShare({ params, query: { ontology: 5 } })).toMatchObject(exampleShare());
  });

  it('by many at once stores one', async () => {
    const params = { eouid: newEouid() };
    const seeds = ['a', 'b', 'c', 'd'];
    const storing = seeds.map((seed) =>
      ada.storeShare({ params, body: { ...exampleShare(seed), ontologies: [5] } }),
    );
    const outcomes = await Promise.allSettled(storing);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('by many at once with the same content succeeds for all', async () => {
    const params = { eouid: newEouid() };
    const storing = Array.from({ length: 4 }, () =>
      ada.storeShare({ params, body: { ...exampleShare(), ontologies: [5] } }),
    );
    const answers = await Promise.all(storing);
    expect(answers).toEqual(Array.from({ length: 4 }, () => answers[0]));
  });

  it.each([
    { field: 'params.eouid', change: {}, eouid: newUuid() },
    { field: 'body.ontologies', change: { ontologies: [] } },
    { field: 'body.ontologies.0', change: { ontologies: [-1] } },
    { field: 'body.mac', change: { mac: 'AAAA' } },
    { field: 'body.share', change: { share: 'not base64!' } },
    { field: 'body.shareId', change: { shareId: 0 } },
    { field: 'body', change: { extra: 1 } },
  ])('refuses a bad $field', async ({ field, change, eouid = newEouid() }) => {
    const storing = ada.storeShare({
      params: { eouid },
      body: { ...exampleShare(), ontologies: [5], ...change },
    });
    await expect(storing).rejects.toMatchObject({
      code: 'invalid-argument',
      details: { errors: [expect.objectContaining({ field })] },
    });
  });
});

describe('retrieving a share', () => {
  it('does not tell an absent share from one of another ontology', async () => {
    const { params } = await storeNew([5]);
    for (const eouid of [params.eouid, newEouid()]) {
      const retrieving = ada.retrieveShare({ params: { eouid }, query: { ontology: 6 } });
      await expect(retrieving).rejects.toMatchObject({
        code: 'not-found',
        message: 'There is no share of this object in ontology 6.',
      });
    }
  });

  it('is audited, whatever was decided', async () => {
    const { params } = await storeNew([5]);
    await ada.retrieveShare({ params, query: { ontology: 5 } });
    await expect(ada.retrieveShare({ params, query: { ontology: 6 } })).rejects.toThrow(/no share/);
    await expect(ada.retrieveShare({ params, query: { ontology: 7 } })).rejects.toThrow(/does not allow/);
    const who = { subject: 'ada', operation: 'key.read' };
    expect(await auditOf(params.eouid)).toEqual([
      { subject: 'ada', operation: 'key.write', ontologies: [5], decision: 'allowed' },
      { ...who, ontologies: [5], decision: 'allowed' },
      { ...who, ontologies: [6], decision: 'absent' },
      { ...who, ontologies: [7], decision: 'denied' },
    ]);
  });

  it('releases nothing when the audit cannot be written', async () => {
    const { params } = await storeNew([5]);
    const { pool } = running.database.db;
    await pool.query('alter table audit_events rename to audit_events_away');
    try {
      const retrieving = ada.retrieveShare({ params, query: { ontology: 5 } });
      await expect(retrieving).rejects.toMatchObject({ code: 'unavailable' });
    } finally {
      await pool.query('alter table audit_events_away rename to audit_events');
    }
  });
});

describe('updating a share', () => {
  it('replaces the version that the caller saw, once', async () => {
    const { params } = await storeNew([5, 6]);
    const body = { ...exampleShare('new'), shareId: 9, version: 1 };
    expect(await ada.updateShare({ params, body })).toMatchObject({
      version: 2,
      shareId: 9,
      ontologies: [5, 6],
    });
    await expect(ada.updateShare({ params, body })).rejects.toMatchObject({ code: 'conflict' });
    const found = await ada.retrieveShare({ params, query: { ontology: 6 } });
    expect(found).toEqual({ ...params, ...exampleShare('new'), shareId: 9, version: 2 });
  });
});

describe('signing a binding', () => {
  it('proves EOUID and ontologies, in order, under the published key', async () => {
    const eouid = newEouid();
    const { jws } = await ada.signBinding({ body: { eouid, ontologies: [6, 5, 6] } });
    const { keys } = await ada.getSigningKeys({});
    expect(keys).toEqual([expect.not.objectContaining({ d: expect.anything() })]);
    const binding = await verifyBinding(jws, { keys });
    expect(binding).toMatchObject({ eouid, ontologies: [5, 6] });
    const [header, , signature] = jws.split('.');
    const payload = Buffer.from(JSON.stringify({ eouid, ontologies: [7], iat: 1 })).toString('base64url');
    const forged = verifyBinding(`${header}.${payload}.${signature}`, { keys });
    await expect(forged).rejects.toMatchObject({ code: 'forbidden' });
  });
});

describe('what the server keeps and says', () => {
  it('holds no share and no private key in clear, in the database or the log', async () => {
    const { params } = await storeNew([5]);
    await ada.retrieveShare({ params, query: { ontology: 5 } });
    await ada.signBinding({ body: { eouid: params.eouid, ontologies: [5] } });
    const { rows } = await running.database.db.pool.query<{ text: string }>(
      `select row_to_json(s)::text as text from key_shares s
       union all select row_to_json(k)::text from signing_keys k
       union all select row_to_json(a)::text from audit_events a`,
    );
    const kept = rows.map(({ text }) => text).join('\n');
    const { share } = exampleShare();
    for (const text of [kept, running.logLines.join('\n')]) {
      expect(text).not.toContain(share.slice(0, 16));
      expect(text).not.toContain(Buffer.from(share, 'base64').toString('hex'));
      expect(text).not.toMatch(/"d":/);
      expect(text).not.toMatch(/Bearer|eyJ/);
    }
    expect(kept).toContain('sealed-v1.');
    expect(running.logLines.length).toBeGreaterThan(0);
  });

  it('describes itself as OpenAPI 3.1', async () => {
    const document = (await (await fetch(`${running.baseUrl}/openapi.json`)).json()) as Record<
      string,
      object
    >;
    expect(document).toMatchObject({ openapi: '3.1.0', info: { title: 'TRENCADIS Key Server' } });
    expect(Object.keys(document['paths']!).toSorted()).toEqual([
      '/.well-known/jwks.json',
      '/bindings',
      '/healthz',
      '/readyz',
      '/shares/{eouid}',
    ]);
  });

  it('measures requests by route', async () => {
    await storeNew([5]);
    const text = await (await fetch(`${running.baseUrl}/metrics`)).text();
    expect(text).toMatch(/_count\{.*method="PUT",route="\/shares\/:eouid",status="200"/);
  });
});
