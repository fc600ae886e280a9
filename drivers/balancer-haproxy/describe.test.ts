import type { BalancerHost } from '@trencadis/availability';
import { brandId } from '@trencadis/ids';
import { expect, it } from 'vitest';
import { drained, joined } from './change-record.ts';
import { describeRecord, promotionsOf } from './describe.ts';
import { HostLink } from './host-link.ts';
import type { HostView } from './host-view.ts';
import type { ServerRow } from './read-stat.ts';
import type { HostRecord } from './record.ts';
import { exampleMember, examplePool, exampleRecord, exampleSpec } from './testing/example-record.ts';

const hosts = ['a', 'b'].map((name, index): BalancerHost => ({
  name: brandId('VmName', name),
  address: `10.0.0.${index + 10}`,
  shell: () => Promise.reject(new Error('nobody asks')),
}));

const spec = exampleSpec({ virtualAddress: '10.0.0.200', pools: [examplePool({ failsOpen: true })] });
const place = { balancer: 'portal', pool: 'web', name: exampleMember('one').name };

function row(changes: Partial<ServerRow>): ServerRow {
  const counts = { sessions: 1, requests: 10, errors: 2, latencyMs: 30 };
  const server = {
    backend: 'portal.web',
    server: 'one',
    status: 'UP',
    weight: 100,
    endpoint: '10.0.0.1:8080',
  };
  return { ...server, ...counts, check: 'Layer7 wrong status, 503', ...changes };
}

/** Each host with the state in which it sees the member; the second has the address. */
function seen(record: HostRecord, ...states: readonly (string | undefined)[]) {
  return states.map((status, index) => {
    const servers =
      status === undefined ? [] : [row({ status }), row({ backend: 'portal.web.open', status: 'no check' })];
    const view: HostView = {
      record,
      version: '1',
      configVersion: '1',
      ...(status === undefined ? {} : { shape: 'x' }),
      fingerprints: {},
      servers,
      addresses: index === 1 ? [{ link: 'host0', address: '10.0.0.200' }] : [],
      isRefused: false,
      answers: '',
    };
    return { link: new HostLink(hosts[index]!), view };
  });
}

const record = exampleRecord(spec, [exampleMember('one')]);
const describeOne = (of: HostRecord, ...states: readonly (string | undefined)[]) =>
  describeRecord(of.balancers['portal']!, hosts, seen(of, ...states));

it('says what the machine sees that has the address, and counts at both', () => {
  const balancer = describeOne(record, 'UP', 'DOWN 1/2');
  expect(balancer).toMatchObject({ status: 'active', addresses: ['10.0.0.200', '10.0.0.10', '10.0.0.11'] });
  expect(balancer.members).toEqual([
    {
      ...exampleMember('one'),
      state: 'down',
      because: 'Layer7 wrong status, 503',
      sessions: 4,
      requests: 40,
      errors: 8,
      latencyMs: 30,
    },
  ]);
  expect(describeOne(record, 'DOWN', 'UP').members[0]).toMatchObject({ state: 'up' });
});

it('says nothing of what HAProxy does not tell', () => {
  const balancer = describeOne(record, undefined, undefined);
  expect(balancer).toMatchObject({ status: 'failed', failure: expect.any(String) as string });
  expect(balancer.members[0]).toMatchObject({ state: 'unknown' });
});

it('has a member draining or checking as long as it is recorded so', () => {
  expect(describeOne(drained(place)(record), 'MAINT', 'UP').members[0]?.state).toBe('draining');
  const checking = joined('portal', exampleMember('one', { port: 81 }))(record);
  expect(describeOne(checking, 'DOWN', 'DOWN').members[0]?.state).toBe('checking');
  expect(promotionsOf(checking, seen(checking, 'UP', 'DOWN'))).toEqual([]);
  expect(promotionsOf(checking, seen(checking, 'DOWN', 'UP'))).toEqual([place]);
  expect(promotionsOf(record, seen(record, 'UP', 'UP'))).toEqual([]);
});
