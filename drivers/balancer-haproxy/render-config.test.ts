import { expect, it } from 'vitest';
import { drained, joined } from './change-record.ts';
import { emptyRecord } from './record.ts';
import { renderConfig, shapeOf } from './render-config.ts';
import { exampleMember, examplePool, exampleRecord, exampleSpec } from './testing/example-record.ts';

const record = exampleRecord(exampleSpec(), [exampleMember('one'), exampleMember('two')]);

function section(text: string, name: string): readonly string[] {
  const found = text.split('\n\n').find((part) => part.startsWith(`${name}\n`)) ?? '';
  return found
    .split('\n')
    .slice(1)
    .map((line) => line.trim());
}

it('says which record it was made from, and what only a reload changes', () => {
  const text = renderConfig(record);
  expect(text).toMatch(/^# 7\.abcdef01\nglobal\n/);
  expect(text).toContain(`\n  description trencadis-${shapeOf(record)}\n`);
});

it('lets retry only what has had no effect, and elsewhere', () => {
  const text = renderConfig(record);
  expect(section(text, 'defaults')).toEqual(expect.arrayContaining(['retries 3', 'option redispatch 1']));
  expect(section(text, 'frontend portal.web')).toContain(
    'http-request disable-l7-retry unless { method GET HEAD OPTIONS }',
  );
  expect(section(text, 'backend portal.web')).toContain(
    'retry-on conn-failure empty-response response-timeout',
  );
});

it('looks at members as measured, faster while something changes', () => {
  expect(section(renderConfig(record), 'backend portal.web')).toEqual(
    expect.arrayContaining([
      'timeout check 1000ms',
      'option httpchk',
      "http-check send meth GET uri '/health' ver HTTP/1.1 hdr Host localhost",
      'http-check expect status 200',
      'server one 10.0.0.1:8080 weight 100 check port 8080 inter 1800ms fastinter 200ms fall 2 rise 3 observe layer7 error-limit 3 on-error mark-down',
    ]),
  );
});

it('starts without members that were never seen up, or drain', () => {
  const place = { balancer: 'portal', pool: 'web', name: exampleMember('two').name };
  const changed = joined('portal', exampleMember('three'))(drained(place)(record));
  const servers = section(renderConfig(changed), 'backend portal.web').filter((line) =>
    line.startsWith('server '),
  );
  expect(servers.map((line) => [line.split(' ')[1], line.endsWith(' disabled')])).toEqual([
    ['one', false],
    ['two', true],
    ['three', true],
  ]);
});

it('is reloaded for pools, frontends, checks and authorities, and for members never', () => {
  const shape = shapeOf(record);
  const withMore = joined('portal', exampleMember('three'))(record);
  expect(shapeOf({ ...withMore, version: 8, id: 'other' })).toBe(shape);
  const others = [
    exampleSpec({ frontends: [{ ...exampleSpec().frontends[0]!, port: 81 }] }),
    exampleSpec({ pools: [examplePool({ check: { ...examplePool().check, fall: 5 } })] }),
    exampleSpec({ pools: [examplePool({ failsOpen: true })] }),
    exampleSpec({ pools: [examplePool({ isSticky: true })] }),
  ];
  const shapes = others.map((spec) => shapeOf(exampleRecord(spec, [])));
  expect(new Set([shape, ...shapes]).size).toBe(5);
  expect(shapeOf(emptyRecord)).not.toBe(shape);
});

it('fails open by members without checks, for when none is up', () => {
  const open = exampleRecord(exampleSpec({ pools: [examplePool({ failsOpen: true })] }), [
    exampleMember('one'),
  ]);
  const text = renderConfig(open);
  expect(section(text, 'frontend portal.web').slice(-2)).toEqual([
    'use_backend portal.web.open if TRUE { be_conn_free(portal.web) eq 0 }',
    'use_backend portal.web if TRUE',
  ]);
  expect(section(text, 'backend portal.web.open').at(-1)).toBe('server one 10.0.0.1:8080 weight 100');
});

it('tells services apart by host and whole segments of the path, and knows no others', () => {
  const routes = [
    { host: 'two.example:80', pathPrefix: '/two/', pool: 'web' },
    { pathPrefix: '/', pool: 'web' },
  ];
  const { defaultPool: _, ...frontend } = { ...exampleSpec().frontends[0]!, routes };
  const text = renderConfig(exampleRecord(exampleSpec({ frontends: [frontend] }), []));
  expect(section(text, 'frontend portal.web').slice(5)).toEqual([
    'acl host-0 req.hdr(host),field(1,:) -i -m str two.example',
    "acl path-0 path -m str '/two'",
    "acl path-0 path -m beg '/two/'",
    'use_backend portal.web if host-0 path-0',
    "acl path-1 path -m beg '/'",
    'use_backend portal.web if path-1',
    'default_backend _none',
  ]);
});

it('speaks TCP, verified TLS and IPv6 with members', () => {
  const authorityPem = 'PEM';
  const secured = exampleSpec({ pools: [examplePool({ protocol: 'https', authorityPem })] });
  const member = exampleMember('one', { address: '2001:db8::1' });
  const tls = section(renderConfig(exampleRecord(secured, [member])), 'backend portal.web');
  expect(tls.at(-1)).toMatch(
    /^server one \[2001:db8::1\]:8080 weight 100 ssl verify required ca-file \S+\/portal\.web\.crt check port 8080 inter/,
  );
  const frontends = [{ name: 'web', port: 80, protocol: 'tcp', routes: [], defaultPool: 'web' } as const];
  const pools = [examplePool({ protocol: 'tcp', isSticky: true, algorithm: 'source' })];
  const tcp = section(
    renderConfig(exampleRecord(exampleSpec({ frontends, pools }), [])),
    'backend portal.web',
  );
  expect(tcp).toEqual(
    expect.arrayContaining(['balance source', 'hash-type consistent', 'mode tcp', 'stick on src']),
  );
});
