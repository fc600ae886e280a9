import { brandId } from '@trencadis/ids';
import { createTokenIssuer } from '@trencadis/access/issuer';
import { createPlatformServer } from '@trencadis/app-platform-api/create-server';
import { componentApi } from '@trencadis/component-repository';
import { type Contract, type Route, listen } from '@trencadis/http';
import { imageApi } from '@trencadis/image-catalog';
import { infrastructureApi } from '@trencadis/infrastructure';
import { createLog } from '@trencadis/log';
import { serviceControlApi } from '@trencadis/service-controller';
import { serviceApi } from '@trencadis/service-repository';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callersApi, createKnownCallers } from './known-callers.ts';

const contracts: Contract = {
  ...infrastructureApi,
  ...imageApi,
  ...componentApi,
  ...serviceApi,
  ...serviceControlApi,
  ...callersApi,
};
const routes = Object.entries(contracts).map(([name, route]) => ({ name, route }));
const password = 'correct horse battery';
const by = { owner: 'operator' };

/** Rights that only administrators have. All others let callers do things with what is theirs. */
const administrators = new Set([
  'account.change',
  'account.read',
  'component.change',
  'component.deliver',
  'service.change',
]);

const known = createKnownCallers();
const { audit, accounts, clock } = known;
const stop = new AbortController();
let baseUrl: string;
/** Tokens by who holds them. */
const tokens: Record<string, string> = { operator: 'token-of-the-operator' };

beforeAll(async () => {
  const audience = 'https://platform.example.org';
  const issuer = await createTokenIssuer({ issuer: 'https://iam.example.org', audience, clock });
  // What the callers of these tests may not reach is not there at all.
  const absent = {} as never;
  const server = await createPlatformServer({
    log: createLog({ name: 'callers', level: 'silent' }),
    signal: stop.signal,
    operatorToken: tokens['operator']!,
    tokenIssuers: [issuer.trusted],
    ...known,
    service: absent,
    statuses: absent,
    deployedServices: absent,
    noted: absent,
    world: absent,
    sagas: absent,
    images: { service: absent, importImages: absent },
    services: absent,
    components: absent,
  });
  baseUrl = await listen(server, { host: '127.0.0.1', port: 0 });
  for (const [name, isAdmin] of [
    ['ana', false],
    ['eva', false],
    ['leo', false],
    ['root', true],
  ] as const) {
    await accounts.create(by, { name, groups: name === 'leo' ? [] : ['ward'], isAdmin, password });
    tokens[name] = (await accounts.issueToken(by, name, { name: 'tests', expiresInDays: 1 })).text;
  }
  tokens['guest'] = await issuer.issueToken({ subject: 'u-1', scopes: [], groups: ['ward'] });
  const { privateJwk: _, ...strange } = await createTokenIssuer({
    issuer: 'https://iam.example.org',
    audience,
    clock,
  });
  tokens['forger'] = await strange.issueToken({ subject: 'u-1', scopes: [] });
});
afterAll(() => stop.abort());

async function call(who: string, method: string, path: string, body?: unknown) {
  const response = await fetch(new URL(path, baseUrl), {
    method,
    headers: {
      authorization: `Bearer ${tokens[who] ?? who}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    body: body === undefined ? null : JSON.stringify(body),
    signal: AbortSignal.timeout(10_000),
  });
  return { status: response.status, text: await response.text() };
}
const statusOf = async (...request: Parameters<typeof call>) => (await call(...request)).status;
const pathOf = ({ path }: Route) => path.replaceAll(/\{\w+\}/g, '1');
const rightOf = ({ access }: Route) => (access === 'public' ? 'public' : access.right);

describe('rights', () => {
  it('that only administrators have are these', () => {
    const all = new Set(routes.map(({ route }) => rightOf(route)));
    const others = [...all].filter((right) => !administrators.has(right));
    expect(others.toSorted()).toEqual([
      'audit.read',
      'cloud.change',
      'cloud.read',
      'component.read',
      'image.change',
      'image.read',
      'infrastructure.change',
      'infrastructure.read',
      'replica.report',
      'self',
      'service.read',
    ]);
  });

  const forAdministrators = routes.filter(({ route }) => administrators.has(rightOf(route)));
  it.each(forAdministrators)('to $name are not with others', async ({ route }) => {
    for (const who of ['ana', 'guest']) expect(await statusOf(who, route.method, pathOf(route))).toBe(403);
  });
});

describe('the token of a service', () => {
  it('opens nothing but what replicas report', async () => {
    const { token } = await known.serviceTokens.issue(
      { infrastructureId: brandId('InfrastructureId', 'inf-aaaaaaaa'), serviceId: 'front' },
      1,
    );
    const refused = routes.filter(({ route }) => !['public', 'replica.report'].includes(rightOf(route)));
    expect(refused.length).toBeGreaterThan(50);
    for (const { route } of refused)
      expect([route.path, await statusOf(token, route.method, pathOf(route))]).toEqual([route.path, 403]);
    expect(await statusOf(`${token}x`, 'PUT', pathOf(serviceControlApi.pushMetrics))).toBe(401);
  });
});

describe('who calls', () => {
  it.each([
    ['operator', { owner: 'operator', groups: [], isAdmin: true }],
    ['root', { owner: 'root', groups: ['ward'], isAdmin: true }],
    ['ana', { owner: 'ana', groups: ['ward'], isAdmin: false }],
    ['guest', { owner: 'iam.example.org/u-1', groups: ['ward'], isAdmin: false }],
  ])('%s is known by the token', async (who, expected) => {
    const { status, text } = await call(who, 'GET', '/api/me');
    expect([status, JSON.parse(text)]).toEqual([200, expect.objectContaining(expected)]);
  });

  it.each(['forger', 'trn_AAAA', 'a.b.c', 'x'])('%s is not', async (who) => {
    expect(await statusOf(who, 'GET', '/api/me')).toBe(401);
  });

  it('is shut out when disabled, and when the token is revoked', async () => {
    await accounts.create(by, { name: 'max', groups: [], isAdmin: true });
    const { id, text } = await accounts.issueToken(by, 'max', { name: 'x', expiresInDays: 1 });
    expect(await statusOf(text, 'GET', '/api/accounts')).toBe(200);
    await accounts.disable(by, 'max');
    expect(await statusOf(text, 'GET', '/api/me')).toBe(403);
    await accounts.enable(by, 'max');
    await accounts.revokeToken(by, 'max', id);
    expect(await statusOf(text, 'GET', '/api/me')).toBe(401);
  });
});

describe('an account', () => {
  it('is kept by administrators, whose answers hold no password', async () => {
    const made = await call('root', 'POST', '/api/accounts', { name: 'new', password });
    expect(made.status).toBe(201);
    const answers = [made];
    const put = { groups: { groups: ['a'] }, quota: { vms: 2 }, password: { password: 'another long one' } };
    for (const [what, body] of Object.entries(put))
      answers.push(await call('root', 'PUT', `/api/accounts/new/${what}`, body));
    for (const what of ['disable', 'enable'])
      answers.push(await call('root', 'POST', `/api/accounts/new/${what}`));
    answers.push(await call('root', 'GET', '/api/accounts/new'), await call('root', 'GET', '/api/accounts'));
    answers.push(await call('root', 'DELETE', '/api/accounts/new'));
    expect(answers.slice(1).map(({ status }) => status)).toEqual(Array(8).fill(200));
    const everything = JSON.stringify([answers, await audit.list({ limit: 1000 })]);
    expect(everything).not.toMatch(/correct horse|another long|argon2/);
  });

  it('has tokens and a password of its own to change', async () => {
    const issued = await call('eva', 'POST', '/api/me/tokens', { name: 'laptop' });
    expect(issued.status).toBe(201);
    const { id, text } = JSON.parse(issued.text) as { id: string; text: string };
    expect(await statusOf(text, 'GET', '/api/me')).toBe(200);
    expect(await statusOf('ana', 'DELETE', `/api/me/tokens/${id}`)).toBe(404);
    expect(await statusOf('eva', 'DELETE', `/api/me/tokens/${id}`)).toBe(200);
    expect(await statusOf(text, 'GET', '/api/me')).toBe(401);
    const change = (current: string) =>
      statusOf('eva', 'PUT', '/api/me/password', { current, password: 'yet another one' });
    expect(await change('wrong')).toBe(401);
    expect(await change(password)).toBe(200);
  });

  it('is what operator and guests have not', async () => {
    for (const who of ['operator', 'guest'])
      expect(await statusOf(who, 'POST', '/api/me/tokens', { name: 'x' })).toBe(422);
  });

  it('with a bad field is refused by its place, not by its value', async () => {
    const { status, text } = await call('root', 'POST', '/api/accounts', { name: 'x', password: 'sekret' });
    expect(status).toBe(400);
    expect(text).toContain('body.password');
    expect(text).not.toContain('sekret');
  });
});

describe('a cloud', () => {
  const cloud = { product: 'memory', credentials: { token: 'tops3cret' } };
  const own = (who: string) => call(who, 'PUT', '/api/clouds/lab', { ...cloud, groups: ['ward'] });

  it('is its owner’s to change, its group’s to use, and not there for others', async () => {
    expect((await own('ana')).status).toBe(200);
    const uses = [
      'GET /api/clouds/ana~lab',
      'POST /api/clouds/ana~lab/test',
      'GET /api/clouds/ana~lab/quota',
    ];
    const removal = 'DELETE /api/clouds/ana~lab';
    const ask = (who: string, what: string) => {
      const [method = '', path = ''] = what.split(' ');
      return statusOf(who, method, path);
    };
    for (const use of uses) {
      for (const who of ['ana', 'eva', 'guest']) expect(await ask(who, use)).toBe(200);
      for (const who of ['leo', 'operator']) expect(await ask(who, use)).toBe(404);
    }
    expect(await ask('eva', removal)).toBe(403);
    expect(await ask('leo', removal)).toBe(404);
    expect(await ask('ana', removal)).toBe(200);
  });

  it('of another is answered like one that is not there', async () => {
    await own('ana');
    const shapeOf = ({ text }: { text: string }, name: string) => {
      const { requestId: _, ...shape } = JSON.parse(text.replaceAll(name, 'NAME')) as Record<string, unknown>;
      return shape;
    };
    for (const [method, end] of [
      ['DELETE', ''],
      ['GET', ''],
      ['POST', '/test'],
      ['GET', '/quota'],
    ] as const) {
      const others = await call('leo', method, `/api/clouds/ana~lab${end}`);
      const missing = await call('leo', method, `/api/clouds/ana~gone${end}`);
      expect([others.status, missing.status]).toEqual([404, 404]);
      expect(shapeOf(others, 'ana~lab')).toEqual(shapeOf(missing, 'ana~gone'));
    }
  });

  it('of the platform is for administrators to change', async () => {
    const put = (who: string) => statusOf(who, 'PUT', '/api/clouds/big', { ...cloud, scope: 'platform' });
    expect(await put('ana')).toBe(403);
    expect(await put('root')).toBe(200);
    expect(await statusOf('leo', 'POST', '/api/clouds/big/test')).toBe(200);
    expect(await statusOf('leo', 'DELETE', '/api/clouds/big')).toBe(403);
    expect(await statusOf('operator', 'DELETE', '/api/clouds/big')).toBe(200);
    expect(await statusOf('operator', 'DELETE', '/api/clouds/local')).toBe(409);
  });

  it('never shows its credentials', async () => {
    const answers = [
      await own('ana'),
      await call('ana', 'GET', '/api/clouds'),
      await call('ana', 'GET', '/api/clouds/lab'),
      await call('ana', 'PUT', '/api/clouds/lab', { ...cloud, dryRun: true }),
      await call('ana', 'PUT', '/api/clouds/lab', { ...cloud, credentials: { wrong: 'tops3cret' } }),
      await call('ana', 'GET', '/api/audit'),
    ];
    expect(JSON.stringify(answers)).not.toContain('tops3cret');
  });
});

describe('the audit log', () => {
  it('shows others only what is theirs', async () => {
    const ownersFor = async (who: string) => {
      const { text } = await call(who, 'GET', '/api/audit?limit=1000');
      return new Set(
        (JSON.parse(text) as { entries: { owner: string }[] }).entries.map(({ owner }) => owner),
      );
    };
    expect(await ownersFor('eva')).toEqual(new Set(['eva']));
    expect(await ownersFor('guest')).toEqual(new Set());
    expect((await ownersFor('root')).size).toBeGreaterThan(2);
  });
});
