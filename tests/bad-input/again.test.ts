import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BadInputPlatform, keyServer, machines } from './bad-input-platform.ts';
import { whenTrue } from '../deployment/site-checks.ts';

let platform: BadInputPlatform;
let id: string;
let planId: string;

beforeAll(async () => {
  platform = await BadInputPlatform.start({ latencyMs: 25 });
  ({ id, planId } = await platform.deploy(machines()));
});
afterAll(() => platform[Symbol.asyncDispose]());

const planCount = async () => {
  const { body } = await platform.call('GET', `/api/infrastructures/${id}/plans`);
  return (body as { plans: unknown[] }).plans.length;
};

describe('the same Idempotency-Key', () => {
  const requests = [
    ['a plan', () => '/api/plans', { name: 'bad', document: machines(2) }],
    ['a plan of a change', () => `/api/infrastructures/${id}/plans`, { kind: 'add', radl: 'deploy node 1' }],
  ] as const;

  it.each(requests)('twice gives %s once, at once and later', async (what, path, body) => {
    const before = await planCount();
    const ask = () => platform.call('POST', path(), { body, headers: { 'idempotency-key': `"${what}"` } });
    const atOnce = await Promise.all([ask(), ask(), ask()]);
    const later = await ask();
    expect(later.status).toBe(200);
    const waiting = atOnce.filter(({ status }) => status === 409);
    for (const { body: problem } of waiting)
      expect(problem).toMatchObject({ detail: expect.stringMatching(/no answer yet/) });
    for (const answered of atOnce.filter((each) => !waiting.includes(each)))
      expect(answered).toMatchObject({ status: 200, body: later.body });
    expect(await planCount()).toBe(before + 1);
  });

  it.each(requests)(
    'of another caller or another request is not mistaken for %s',
    async (what, path, body) => {
      const headers = { 'idempotency-key': `"${what} of another"` };
      expect((await platform.call('POST', path(), { body, headers })).status).toBe(200);
      const other = { ...body, name: 'other', radl: 'deploy node 2' };
      expect(await platform.call('POST', path(), { body: other, headers })).toMatchObject({ status: 422 });
      const bobs = await platform.call('POST', path(), { body, headers, as: 'bob' });
      expect(bobs.status).toBe(path() === '/api/plans' ? 200 : 404);
    },
  );

  it('after a refusal is free again', async () => {
    const headers = { 'idempotency-key': '"refused"' };
    const path = '/api/infrastructures/inf-aaaaaaaa/plans';
    const body = { kind: 'repair' };
    for (let i = 0; i < 2; i++)
      expect((await platform.call('POST', path, { body, headers })).status).toBe(404);
  });
});

describe('a status', () => {
  it('that is known is not sent again until it changes', async () => {
    const path = `/api/infrastructures/${id}`;
    const { headers, status } = await platform.call('GET', `${path}?fresh=true`);
    expect(status).toBe(200);
    const known = { 'if-none-match': headers.get('etag') ?? '' };
    const same = await platform.call('GET', `${path}?fresh=true`, { headers: known });
    expect([same.status, same.body]).toEqual([304, '']);
    const [name] = [...platform.simulation.site.vms.keys()];
    if (name !== undefined) platform.simulation.site.stopVm(name);
    const changed = await platform.call('GET', `${path}?fresh=true`, { headers: known });
    expect([changed.status, changed.body]).toEqual([200, expect.objectContaining({ phase: 'degraded' })]);
    expect(changed.headers.get('etag')).not.toBe(known['if-none-match']);
  });
});

/** Reads messages until so many have come, then cuts the connection; without a number to the end. */
async function read(plan: string, lastId: string | undefined, count = Infinity) {
  const cut = new AbortController();
  const timeout = AbortSignal.timeout(30_000);
  const headers = {
    accept: 'text/event-stream',
    ...(lastId === undefined ? {} : { 'last-event-id': lastId }),
  };
  const response = await platform.events(plan, headers, AbortSignal.any([cut.signal, timeout]));
  const ids: number[] = [];
  let text = '';
  for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += chunk;
    const whole = text.slice(0, text.lastIndexOf('\n\n') + 2);
    ids.splice(0, ids.length, ...[...whole.matchAll(/^id: (\d+)$/gm)].map(([, each]) => Number(each)));
    if (ids.length >= count) break;
  }
  cut.abort();
  return { ids, hasEnded: /^event: end$/m.test(text) };
}

describe('a stream of events', () => {
  it('that was cut in the middle goes on after Last-Event-ID, and misses nothing', async () => {
    const next = await platform.planned(keyServer, 'streamed');
    await platform.apply(next.planId);
    await whenTrue(() => platform.simulation.site.vms.size > 1);
    const seen: number[] = [];
    for (let cuts = 0; cuts < 100; cuts++) {
      const last = seen.at(-1);
      const { ids, hasEnded } = await read(next.planId, last === undefined ? undefined : String(last), 3);
      seen.push(...ids);
      if (hasEnded) break;
    }
    const { ids: all } = await read(next.planId, undefined);
    expect(seen).toEqual(all);
    expect(all).toEqual(all.map((_, index) => index + 1));
    expect(all.length).toBeGreaterThan(10);
  });

  it('of a plan that has ended is whole, and empty after the last', async () => {
    const { ids, hasEnded } = await read(planId, undefined);
    expect(hasEnded).toBe(true);
    expect(await read(planId, String(ids.at(-1)))).toEqual({ ids: [], hasEnded: true });
  });

  it('with a Last-Event-ID that is none is refused', async () => {
    const signal = AbortSignal.timeout(5_000);
    const { status } = await platform.events(
      planId,
      { 'last-event-id': 'x', accept: 'text/event-stream' },
      signal,
    );
    expect(status).toBe(400);
  });
});
