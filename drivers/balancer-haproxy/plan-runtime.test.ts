import { fc, test } from '@fast-check/vitest';
import { expect, it } from 'vitest';
import { drained, joined, removed } from './change-record.ts';
import { planRuntime } from './plan-runtime.ts';
import type { ServerRow } from './read-stat.ts';
import { exampleMember, examplePool, exampleRecord, exampleSpec } from './testing/example-record.ts';

const spec = exampleSpec();
const one = exampleMember('one');
const place = { balancer: 'portal', pool: 'web', name: one.name };

function row(changes: Partial<ServerRow> = {}): ServerRow {
  return {
    backend: 'portal.web',
    server: 'one',
    status: 'UP',
    weight: 100,
    endpoint: '10.0.0.1:8080',
    sessions: 0,
    requests: 0,
    errors: 0,
    latencyMs: 0,
    check: '',
    ...changes,
  };
}

const gate = [
  'enable health portal.web/one',
  'set server portal.web/one state drain',
  'set server portal.web/one health down',
  'set server portal.web/one state ready',
];

it('does nothing about what is as recorded, up or down', () => {
  const record = exampleRecord(spec, [one]);
  for (const status of ['UP', 'UP 1/2', 'DOWN', 'DOWN 1/3', 'no check']) {
    expect(planRuntime(record, [row({ status })])).toEqual({ commands: [], tidying: [] });
  }
});

it('joins a member behind its checks, and one that came back or moved', () => {
  const record = joined('portal', one)(exampleRecord(spec, []));
  const [added, ...rest] = planRuntime(record, []).commands;
  expect(added).toMatch(
    /^add server portal\.web\/one 10\.0\.0\.1:8080 weight 100 check port 8080 inter 1800ms /,
  );
  expect(rest).toEqual(gate);
  expect(planRuntime(record, [row({ status: 'MAINT' })]).commands).toEqual(gate);
  const moved = planRuntime(record, [row({ endpoint: '10.0.0.2:8081' })]).commands;
  expect(moved).toEqual([
    'set server portal.web/one state maint',
    'set server portal.web/one addr 10.0.0.1 port 8080',
    'set server portal.web/one check-port 8080',
    ...gate,
  ]);
});

it('changes a weight in place', () => {
  const record = exampleRecord(spec, [exampleMember('one', { weight: 0 })]);
  expect(planRuntime(record, [row()]).commands).toEqual(['set server portal.web/one weight 0']);
});

it('takes from a draining member what is new, and cuts nothing', () => {
  const record = drained(place)(exampleRecord(spec, [one]));
  expect(planRuntime(record, [row()]).commands).toEqual(['set server portal.web/one state maint']);
  expect(planRuntime(record, [row({ status: 'MAINT' })]).commands).toEqual([]);
});

it('cuts and deletes what is recorded no more, and tries again until it is gone', () => {
  const record = removed(place)(exampleRecord(spec, [one]));
  expect(planRuntime(record, [row()]).commands).toEqual([
    'set server portal.web/one state maint',
    'shutdown sessions server portal.web/one',
    'del server portal.web/one',
  ]);
  expect(planRuntime(record, [row({ status: 'MAINT' })])).toEqual({
    commands: [],
    tidying: ['del server portal.web/one'],
  });
});

it('gives nothing without checks to a member that was never seen up', () => {
  const open = exampleSpec({ pools: [examplePool({ failsOpen: true })] });
  const record = joined('portal', one)(exampleRecord(open, []));
  const commands = planRuntime(record, []).commands.filter((command) => command.includes('.open/'));
  expect(commands).toEqual(['add server portal.web.open/one 10.0.0.1:8080 weight 100']);
});

it('gives a member that joins a cookie', () => {
  const sticky = exampleSpec({ pools: [examplePool({ isSticky: true })] });
  const { commands } = planRuntime(joined('portal', one)(exampleRecord(sticky, [])), []);
  expect(commands.slice(1, 3)).toEqual([
    'set server portal.web/one addr 127.0.0.253 port 8080',
    'set server portal.web/one addr 10.0.0.1 port 8080',
  ]);
});

const members = fc.uniqueArray(
  fc.record({
    name: fc.constantFrom('one', 'two', 'three', 'four'),
    address: fc.constantFrom('10.0.0.1', '10.0.0.2'),
    weight: fc.integer({ min: 0, max: 256 }),
    drains: fc.boolean(),
  }),
  { selector: ({ name }) => name },
);
const states = fc.uniqueArray(
  fc.record({
    server: fc.constantFrom('one', 'two', 'three', 'four', 'five'),
    endpoint: fc.constantFrom('10.0.0.1:8080', '10.0.0.2:8080'),
    status: fc.constantFrom('UP', 'DOWN', 'MAINT', 'DRAIN'),
    weight: fc.integer({ min: 0, max: 256 }),
  }),
  { selector: ({ server }) => server },
);

test.prop([members, states])('leads from any state to the recorded one, once', (wanted, found) => {
  const all = wanted.map(({ name, address, weight }) => exampleMember(name, { address, weight }));
  const draining = wanted
    .filter(({ drains }) => drains)
    .map(({ name }) => ({ ...place, name: exampleMember(name).name }));
  const record = draining.reduce((sofar, at) => drained(at)(sofar), exampleRecord(spec, all));
  const rows = found.map((changes) => row(changes));
  const after = obey(rows, planRuntime(record, rows));
  expect(planRuntime(record, after)).toEqual({ commands: [], tidying: [] });
  expect(after.map(({ server }) => server).toSorted()).toEqual(wanted.map(({ name }) => name).toSorted());
});

/** HAProxy, as far as these commands go. */
function obey(rows: readonly ServerRow[], plan: ReturnType<typeof planRuntime>): readonly ServerRow[] {
  const servers = new Map(rows.map((found) => [`${found.backend}/${found.server}`, found]));
  for (const command of [...plan.commands, ...plan.tidying]) {
    const [verb = '', noun, name = '', key, value = '', , port] = command.split(' ');
    const old = servers.get(name);
    if (verb === 'add') {
      servers.set(
        name,
        row({
          server: name.split('/')[1]!,
          status: 'MAINT',
          endpoint: key!,
          weight: Number(command.split(' ')[5]),
        }),
      );
    } else if (verb === 'del') servers.delete(name);
    else if (verb === 'set' && noun === 'server' && old !== undefined) {
      servers.set(name, { ...old, ...changeOf(key!, value, port) });
    }
  }
  return [...servers.values()];
}

function changeOf(key: string, value: string, port: string | undefined): Partial<ServerRow> {
  switch (key) {
    case 'state':
      return { status: value === 'ready' ? 'DOWN' : value.toUpperCase() };
    case 'weight':
      return { weight: Number(value) };
    case 'addr':
      return { endpoint: `${value}:${port}` };
    default:
      return {};
  }
}
