import { readRadl } from '@trencadis/radl';
import { describe, expect, it } from 'vitest';
import { readServices } from './read-service.ts';
import type { ServiceSpec } from './service-spec.ts';

function read(features: string, more = ''): ServiceSpec {
  const text = `system node ()\nservice web (system = 'node'${features === '' ? '' : ` and ${features}`})\n${more}deploy web`;
  const { document, diagnostics } = readRadl(text);
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  return readServices(document)[0]!;
}

const balanced = 'balancer.port = 8443';

describe('what a service asks for that says nothing', () => {
  it('is one replica without balancer and checks', () => {
    expect(read('')).toEqual({
      id: 'web',
      systemId: 'node',
      replicas: {
        min: 1,
        max: 1,
        replace: 'launch-first',
        clouds: [],
        place: 'fallback',
        victim: 'oldest',
        mostBooting: 10,
        retries: 3,
      },
      health: {
        protocol: 'none',
        port: 80,
        path: '/',
        method: 'GET',
        status: 200,
        intervalMs: 2000,
        timeoutMs: 1000,
        fall: 2,
        rise: 2,
        graceMs: 300_000,
        combine: 'any',
      },
      scaling: {
        engine: 'platform',
        policies: [],
        schedules: [],
        warmupMs: 60_000,
        stabilization: { upMs: 0, downMs: 300_000 },
        limits: { up: [], down: [] },
        limitChoice: 'max',
        periodMs: 5_000,
      },
      roll: {
        minHealthyPercent: 90,
        maxHealthyPercent: 100,
        checkpoints: [],
        checkpointDelayMs: 3_600_000,
        rollsBack: true,
        stuckAfterMs: 3_600_000,
      },
      hooks: {},
    });
  });

  it('is HAProxy where it has a port, that passes all through and fails open', () => {
    expect(read(balanced).balancing).toEqual({
      kind: 'haproxy',
      port: 8443,
      protocol: 'tcp',
      targetPort: 8443,
      targetProtocol: 'tcp',
      algorithm: 'roundrobin',
      isSticky: false,
      drainMs: 30_000,
      slowStartMs: 0,
      failsOpen: true,
      isPair: false,
    });
  });
});

describe('each key of a service is read', () => {
  it.each([
    ['replicas.min = 3', { min: 3, max: 3 }],
    ['replicas.min = 0', { min: 0, max: 1 }],
    ['replicas.max = 5', { min: 1, max: 5 }],
    ['replicas.surge = 2', { surge: 2 }],
    ["replicas.replace = 'terminate-first'", { replace: 'terminate-first' }],
    ["replicas.clouds = 'a'", { clouds: ['a'] }],
    ["replicas.clouds = ['a', 'b']", { clouds: ['a', 'b'] }],
    ["replicas.place = 'spread'", { place: 'spread' }],
    ['replicas.most_per_cloud = 4', { mostPerCloud: 4 }],
    ["replicas.victim = 'newest'", { victim: 'newest' }],
    ['replicas.most_booting = 2', { mostBooting: 2 }],
    ['replicas.retries = 0', { retries: 0 }],
  ])('%s', (features, expected) => {
    expect(read(features).replicas).toMatchObject(expected);
  });

  it.each([
    ["balancer.protocol = 'http'", { protocol: 'http', targetProtocol: 'http' }],
    ["balancer.protocol = 'https'", { protocol: 'https', targetProtocol: 'http' }],
    ["balancer.protocol = 'https' and balancer.target_protocol = 'https'", { targetProtocol: 'https' }],
    ['balancer.target_port = 80', { port: 8443, targetPort: 80 }],
    ["balancer.kind = 'native'", { kind: 'native' }],
    ["balancer.pair = 'yes' and balancer.address = '10.0.0.9'", { isPair: true, virtualAddress: '10.0.0.9' }],
    ["balancer.algorithm = 'leastconn'", { algorithm: 'leastconn' }],
    ["balancer.sticky = 'yes'", { isSticky: true }],
    ['balancer.drain = 5', { drainMs: 5000 }],
    ['balancer.slow_start = 20', { slowStartMs: 20_000 }],
    ["balancer.fail_open = 'no'", { failsOpen: false }],
    ["balancer.protocol = 'http' and balancer.host = 'a.example'", { host: 'a.example' }],
    ["balancer.protocol = 'http' and balancer.path = '/a'", { pathPrefix: '/a' }],
  ])('%s', (features, expected) => {
    expect(read(`${balanced} and ${features}`).balancing).toMatchObject(expected);
  });

  it.each([
    ['health.port = 81', { protocol: 'tcp', port: 81, graceMs: 0 }],
    [`${balanced} and balancer.target_port = 90`, { protocol: 'tcp', port: 90 }],
    [`${balanced} and health.protocol = 'none'`, { protocol: 'none', graceMs: 300_000 }],
    [`${balanced} and balancer.protocol = 'https'`, { protocol: 'http', port: 8443 }],
    ["health.protocol = 'http' and health.path = '/ok'", { protocol: 'http', path: '/ok', port: 80 }],
    ["health.protocol = 'https' and health.host = 'a.example'", { protocol: 'https', host: 'a.example' }],
    ["health.protocol = 'http' and health.method = 'HEAD'", { method: 'HEAD' }],
    ["health.protocol = 'http' and health.status = 204", { status: 204 }],
    [
      'health.port = 81 and health.interval = 10 and health.timeout = 5',
      { intervalMs: 10_000, timeoutMs: 5000 },
    ],
    ['health.port = 81 and health.fall = 3 and health.rise = 4', { fall: 3, rise: 4 }],
    ['health.port = 81 and health.grace = 30', { graceMs: 30_000 }],
    ['health.heartbeat = 60', { heartbeatMs: 60_000 }],
    ["health.combine = 'all'", { combine: 'all' }],
  ])('%s', (features, expected) => {
    expect(read(features).health).toMatchObject(expected);
  });

  it.each([
    ['roll.min_healthy = 50', { minHealthyPercent: 50 }],
    ['roll.max_healthy = 150', { maxHealthyPercent: 150 }],
    ["roll.checkpoints = ['10', '50']", { checkpoints: [10, 50] }],
    ['roll.checkpoint_delay = 60', { checkpointDelayMs: 60_000 }],
    ["roll.rollback = 'no'", { rollsBack: false }],
    ['roll.stuck_after = 120', { stuckAfterMs: 120_000 }],
  ])('%s', (features, expected) => {
    expect(read(features).roll).toMatchObject(expected);
  });

  it('hooks abandon a launch and go on with an end, unless told otherwise', () => {
    const url = "hook.terminate.url = 'https://example.org/bye' and hook.terminate.timeout = 10";
    expect(read(`hook.launch.command = 'true' and ${url}`).hooks).toEqual({
      launch: { command: 'true', awaitsSignal: false, timeoutMs: 3_600_000, otherwise: 'abandon' },
      terminate: {
        url: 'https://example.org/bye',
        awaitsSignal: false,
        timeoutMs: 10_000,
        otherwise: 'continue',
      },
    });
    const signalled = "hook.launch.signal = 'yes' and hook.launch.otherwise = 'continue'";
    expect(read(signalled).hooks.launch).toMatchObject({ awaitsSignal: true, otherwise: 'continue' });
  });

  it("shares another's balancer: where it listens is the other's, where it sends its own", () => {
    const other = `system s ()
service other (system = 's' and balancer.port = 443 and balancer.protocol = 'https' and balancer.pair = 'yes')
deploy other
`;
    expect(
      read("balancer.with = 'other' and balancer.target_port = 81 and balancer.path = '/a'", other),
    ).toMatchObject({
      balancing: {
        port: 443,
        protocol: 'https',
        isPair: true,
        targetPort: 81,
        targetProtocol: 'http',
        sharedWith: 'other',
        pathPrefix: '/a',
      },
      health: { protocol: 'http', port: 81 },
    });
  });
});
