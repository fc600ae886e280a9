import type { CheckSpec, PoolSpec } from '@trencadis/availability';
import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { checkBounds, healthCheckOf } from './health-check.ts';

const asking = { kind: 'application', place: 'The pool web', subject: 'main' } as const;
const check: CheckSpec = {
  protocol: 'http',
  method: 'GET',
  path: '/health',
  status: 200,
  intervalMs: 10_000,
  timeoutMs: 5_000,
  fall: 2,
  rise: 2,
};
const pool = (changes: Partial<CheckSpec> = {}): PoolSpec => ({
  name: 'web',
  protocol: 'http',
  algorithm: 'roundrobin',
  isSticky: false,
  drainMs: 0,
  slowStartMs: 0,
  failsOpen: true,
  check: { ...check, ...changes },
});

describe('a check at Amazon', () => {
  it('is as asked where that is within its bounds', () => {
    expect(healthCheckOf(pool({ port: 9000 }), asking)).toEqual({
      HealthCheckProtocol: 'HTTP',
      HealthCheckPort: '9000',
      HealthCheckPath: '/health',
      Matcher: { HttpCode: '200' },
      HealthCheckIntervalSeconds: 10,
      HealthCheckTimeoutSeconds: 5,
      HealthyThresholdCount: 2,
      UnhealthyThresholdCount: 2,
    });
  });

  it('waits, falls and rises no less than Amazon does', () => {
    expect(healthCheckOf(pool({ timeoutMs: 300, fall: 1, rise: 1 }), asking)).toMatchObject({
      HealthCheckTimeoutSeconds: 2,
      HealthyThresholdCount: 2,
      UnhealthyThresholdCount: 2,
    });
  });

  it.each([
    [{ intervalMs: 4_999, timeoutMs: 1 }, 'unsupported'],
    [{ intervalMs: 300_001 }, 'unsupported'],
    [{ intervalMs: 200_000, timeoutMs: 121_000 }, 'unsupported'],
    [{ fall: 11 }, 'unsupported'],
    [{ rise: 11 }, 'unsupported'],
    [{ method: 'HEAD' }, 'unsupported'],
    [{ host: 'web.example' }, 'unsupported'],
    [{ timeoutMs: 10_000 }, 'invalid-argument'],
    [{ path: 'health' }, 'invalid-argument'],
  ] as const)('refuses %o', (changes, code) => {
    expect(() => healthCheckOf(pool(changes), asking)).toThrow(expect.objectContaining({ code }) as Error);
  });

  it('opens a connection before members of tcp, and asks for any answer before those of http', () => {
    const tcp = pool({ protocol: 'tcp' });
    expect(healthCheckOf(tcp, { ...asking, kind: 'network' })).toMatchObject({ HealthCheckProtocol: 'TCP' });
    expect(healthCheckOf(tcp, { ...asking, kind: 'network' })).not.toHaveProperty('Matcher');
    expect(healthCheckOf(tcp, asking)).toMatchObject({
      HealthCheckProtocol: 'HTTP',
      HealthCheckPath: '/',
      Matcher: { HttpCode: '200-499' },
    });
  });

  test.prop([
    fc.integer({ min: 5_000, max: 300_000 }),
    fc.integer({ min: 1, max: 119_000 }),
    fc.integer({ min: 1, max: 10 }),
  ])('is one that Amazon takes', (intervalMs, timeoutMs, threshold) => {
    fc.pre(timeoutMs < intervalMs);
    const made = healthCheckOf(pool({ intervalMs, timeoutMs, fall: threshold, rise: threshold }), asking);
    const { HealthCheckIntervalSeconds: interval, HealthCheckTimeoutSeconds: timeout } = made;
    expect(timeout).toBeLessThan(interval);
    expect(interval).toBeGreaterThanOrEqual(intervalMs / 1000);
    expect(timeout).toBeGreaterThanOrEqual(timeoutMs / 1000);
    expect(interval).toBeLessThanOrEqual(checkBounds.intervalSeconds.most);
    expect(timeout).toBeGreaterThanOrEqual(checkBounds.timeoutSeconds.least);
    expect(made.UnhealthyThresholdCount).toBeGreaterThanOrEqual(threshold);
  });
});
