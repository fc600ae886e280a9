import type { HealthSpec } from '@trencadis/availability';
import { PlatformError } from '@trencadis/errors';
import { brandId } from '@trencadis/ids';
import { describe, expect, it } from 'vitest';
import { type ProbeResult, type Watch, createProber } from './index.ts';
import { createSteppedClock } from './testing/stepped-clock.ts';

const passed: ProbeResult = { isPassed: true, tookMs: 1 };
const failed: ProbeResult = { isPassed: false, because: 'HTTP 503 instead of 200', tookMs: 1 };
const health: HealthSpec = {
  protocol: 'tcp',
  port: 80,
  path: '/',
  method: 'GET',
  status: 200,
  intervalMs: 2000,
  timeoutMs: 1000,
  fall: 2,
  rise: 2,
  graceMs: 0,
  combine: 'any',
};
const target = { vm: brandId('VmName', 'web-0'), address: '127.0.0.1' };

/** Results as they are listed, the last one for ever. */
function scripted(...results: readonly (ProbeResult | Error)[]) {
  let calls = 0;
  const watch: Watch = {
    target,
    health,
    run: async () => {
      const result = results[Math.min(calls++, results.length - 1)]!;
      if (result instanceof Error) throw result;
      return result;
    },
  };
  return { watch, calls: () => calls };
}

describe('a prober', () => {
  it('probes at once, then at the interval, and counts results of a kind', async () => {
    const clock = createSteppedClock();
    const prober = createProber(clock);
    const { watch, calls } = scripted(passed, passed, failed, failed, failed, passed);
    const heard: string[] = [];
    prober.onResult((key, { passes, failures }) => void heard.push(`${key} +${passes} -${failures}`));
    prober.watch('web-0', watch);
    expect(prober.latest('web-0')).toBeUndefined();
    await clock.advance(0);
    expect(prober.latest('web-0')).toMatchObject({ isPassed: true, passes: 1, failures: 0 });
    await clock.advance(12_000);
    expect(heard.slice(0, 6)).toEqual(
      [1, 2, 0, 0, 0, 1].map((passes, index) => `web-0 +${passes} -${[0, 0, 1, 2, 3, 0][index]}`),
    );
    const before = calls();
    await clock.advance(20_000);
    expect(calls() - before).toBe(10);
    await prober.close();
    await clock.advance(20_000);
    expect(calls() - before).toBe(10);
  });

  it('never probes a target twice at once, and makes up for no lost turns', async () => {
    const clock = createSteppedClock();
    const prober = createProber(clock);
    let [running, most, calls] = [0, 0, 0];
    const run = async (): Promise<ProbeResult> => {
      most = Math.max(most, ++running);
      calls++;
      await clock.sleep(5000);
      running--;
      return passed;
    };
    prober.watch('slow', { target, health, run });
    await clock.advance(50_000);
    expect(most).toBe(1);
    expect(calls).toBe(11);
    prober.forget('slow');
    await clock.advance(5000);
    await prober.close();
  });

  it('goes on when it is told the same, and starts anew when it is told something else', async () => {
    const clock = createSteppedClock();
    const prober = createProber(clock);
    const first = scripted(failed);
    prober.watch('web-0', first.watch);
    await clock.advance(4000);
    prober.watch('web-0', { ...first.watch, target: { ...target }, run: async () => passed });
    await clock.advance(2000);
    expect(prober.latest('web-0')?.failures).toBeGreaterThanOrEqual(3);
    prober.watch('web-0', { ...scripted(failed).watch, health: { ...health, port: 81 } });
    expect(prober.latest('web-0')).toBeUndefined();
    await clock.advance(0);
    expect(prober.latest('web-0')).toMatchObject({ failures: 1 });
    const calls = first.calls();
    await clock.advance(10_000);
    expect(first.calls()).toBe(calls);
    await prober.close();
  });

  it('takes no verdict from a way that is not there', async () => {
    const clock = createSteppedClock();
    const prober = createProber(clock);
    const lost = new PlatformError('unavailable', 'The machine in between does not answer.');
    prober.watch('web-0', scripted(passed, lost, lost, passed).watch);
    await clock.advance(0);
    const first = prober.latest('web-0');
    await clock.advance(3999);
    expect(prober.latest('web-0')).toEqual(first);
    await clock.advance(4000);
    expect(prober.latest('web-0')).toMatchObject({ passes: expect.any(Number), failures: 0 });
    expect(prober.latest('web-0')!.at).toBeGreaterThan(first!.at);
    await prober.close();
  });

  it('keeps targets watched from the same moment on out of step', async () => {
    const clock = createSteppedClock();
    const prober = createProber(clock);
    const at = new Map<number, number>();
    prober.onResult((_, record) => at.set(record.at, (at.get(record.at) ?? 0) + 1));
    for (let index = 0; index < 200; index++) prober.watch(`web-${index}`, scripted(passed).watch);
    await clock.advance(0);
    at.clear();
    await clock.advance(2000);
    expect(Math.max(...at.values())).toBeLessThan(20);
    await prober.close();
  });
});
