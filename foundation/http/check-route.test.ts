import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Route } from './contract.ts';
import { createHttpServer, defineRoutes, registerRoutes } from './index.ts';
import { createLog } from '@trencadis/log';

const item = z.object({ sequence: z.int() });
const get: Route = { method: 'GET', path: '/a', summary: 'A', response: item, access: { right: 'a' } };
const post: Route = { ...get, method: 'POST', body: item };
const stream: Route = { ...get, stream: true, query: z.object({ after: z.coerce.number() }) };
const eventId = { field: 'sequence', query: 'after' };

describe('a route that contradicts itself', () => {
  it.each<[string, Route, RegExp]>([
    ['a parameter that is not in its path', { ...get, params: z.object({ b: z.string() }) }, /do not agree/],
    [
      'an event id and no stream',
      { ...stream, stream: undefined, eventId } as unknown as Route,
      /only a stream/,
    ],
    ['nothing to go on after', { ...stream, eventId: { ...eventId, query: 'since' } }, /no 'since'/],
    [
      'an event id that no item has',
      { ...stream, eventId: { ...eventId, field: 'number' } },
      /no field 'number'/,
    ],
    ['an ETag of a stream', { ...stream, etag: true }, /only an answer in JSON/],
    [
      'a key that belongs to nobody',
      { ...post, access: 'public', idempotent: 'by-key' },
      /belongs to a caller/,
    ],
    ['a key for reading', { ...get, idempotent: 'by-key' }, /needs no key/],
    ['a key for bytes', { ...post, download: true, idempotent: 'by-key' }, /only JSON/],
    ['a bound on no body', { ...get, bodyLimitBytes: 1 }, /needs a body/],
  ])('is refused: %s', (_, route, problem) => {
    expect(() => defineRoutes({ route })).toThrow(problem);
  });

  it('is not one that says all of it rightly', () => {
    const follow = { ...stream, eventId };
    const create = { ...post, etag: true, idempotent: 'by-key', bodyLimitBytes: 1 } as const;
    expect(() => defineRoutes({ follow, create })).not.toThrow();
  });

  it('is refused by a server that has no store for its keys', async () => {
    const log = createLog({ name: 'test', level: 'silent' });
    const server = await createHttpServer({ log, title: 'A', version: '1' });
    const contract = defineRoutes({ create: { ...post, idempotent: 'by-key' } });
    const register = () =>
      registerRoutes(server, contract, { create: async () => ({}) }, { authenticate: async () => ({}) });
    expect(register).toThrow(/give registerRoutes a store/);
  });
});
