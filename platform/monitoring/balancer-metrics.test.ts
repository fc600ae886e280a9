import type { MemberStatus } from '@trencadis/availability';
import { fc, test } from '@fast-check/vitest';
import { brandId } from '@trencadis/ids';
import { describe, expect, it } from 'vitest';
import { balancerMetrics } from './index.ts';

const member = (name: string, changes: Partial<MemberStatus> = {}): MemberStatus => ({
  pool: 'web',
  name: brandId('VmName', name),
  address: '10.0.0.1',
  port: 80,
  weight: 100,
  state: 'up',
  ...changes,
});
const of = (...members: readonly MemberStatus[]) => ({ members });

describe("a balancer's metrics", () => {
  it('are rates of what its members did between two looks, and their latest latencies', () => {
    const before = of(member('web-0', { requests: 100, errors: 1 }), member('web-1', { requests: 7 }));
    const now = of(
      member('web-0', { requests: 150, errors: 3, latencyMs: 12 }),
      member('web-1', { requests: 7, latencyMs: 5 }),
      member('web-2', { requests: 1000 }),
    );
    expect(balancerMetrics(before, now, 10_000)).toEqual({
      requests: { 'web-0': 5, 'web-1': 0 },
      errors: { 'web-0': 0.2 },
      latency: { 'web-0': 12, 'web-1': 5 },
    });
  });

  it('of a VM in two pools are their sum, and the mean of latencies by requests', () => {
    const look = (web: number, api: number) =>
      of(
        member('web-0', { requests: web, latencyMs: 10 }),
        member('web-0', { pool: 'api', requests: api, latencyMs: 50 }),
      );
    expect(balancerMetrics(look(0, 0), look(30, 10), 1000)).toMatchObject({
      requests: { 'web-0': 40 },
      latency: { 'web-0': 20 },
    });
    expect(balancerMetrics(look(0, 0), look(0, 0), 1000).latency).toEqual({ 'web-0': 30 });
  });

  it('are no rates where no time has passed', () => {
    const look = of(member('web-0', { requests: 1, latencyMs: 3 }));
    expect(balancerMetrics(look, look, 0)).toEqual({ requests: {}, errors: {}, latency: { 'web-0': 3 } });
  });

  test.prop([fc.nat(10 ** 9), fc.nat(10 ** 9), fc.integer({ min: 1, max: 100_000 })])(
    'are never negative, whatever restarts',
    (was, is, elapsedMs) => {
      const { requests } = balancerMetrics(
        of(member('web-0', { requests: was })),
        of(member('web-0', { requests: is })),
        elapsedMs,
      );
      const grown = is < was ? is : is - was;
      expect(requests[brandId('VmName', 'web-0')]).toBeCloseTo((grown * 1000) / elapsedMs, 6);
    },
  );
});
