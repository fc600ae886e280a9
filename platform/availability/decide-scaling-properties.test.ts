import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { decideScaling } from './decide-scaling.ts';
import type { RateLimit, ScalingInput, ScalingPolicy, ScheduleSpec } from './model.ts';
import { type Tick, changesOf, runCourse } from './testing/scaling-course.ts';
import { above, alarm, below, inputOf, serviceOf, tracking } from './testing/scaling-site.ts';

const number = (min: number, max: number) => fc.integer({ min, max });
const cpu = fc.option(fc.double({ min: 0, max: 100, noNaN: true }), { nil: undefined });

const policy: fc.Arbitrary<ScalingPolicy> = fc.oneof(
  fc.record({ threshold: number(50, 95), step: number(1, 4), forMs: number(0, 90_000) }).map(above),
  fc.record({ threshold: number(5, 45), step: number(1, 4), forMs: number(0, 90_000) }).map(below),
  fc.record({ target: number(10, 90), scalesIn: fc.boolean() }).map(tracking),
  fc
    .record({
      kind: fc.constantFrom('simple' as const, 'step' as const),
      comparison: fc.constantFrom('above' as const, 'below' as const),
      threshold: number(10, 90),
      missing: fc.constantFrom(
        'missing' as const,
        'breaching' as const,
        'not-breaching' as const,
        'ignore' as const,
      ),
      adjustment: fc.constantFrom('change' as const, 'exact' as const, 'percent' as const),
      steps: fc.array(fc.record({ amount: number(-200, 200) }), { minLength: 1, maxLength: 1 }),
      cooldownMs: number(0, 60_000),
    })
    .map(alarm),
);

const policies = fc
  .array(policy, { maxLength: 3 })
  .map((some) => some.map((each, index) => ({ ...each, id: `p${index}` })));

const limit: fc.Arbitrary<RateLimit> = fc.record({
  amount: number(1, 100),
  unit: fc.constantFrom('replicas', 'percent'),
  periodMs: number(10_000, 120_000),
});

const schedule: fc.Arbitrary<ScheduleSpec> = fc.record(
  {
    id: fc.constant('s'),
    at: fc.constantFrom('*/2 * * * *', '1970-01-01T00:01:30Z', '0 8 * * *'),
    timeZone: fc.constantFrom('UTC', 'Europe/Madrid'),
    replicas: number(0, 20),
    min: number(0, 5),
    max: number(5, 12),
  },
  { requiredKeys: ['id', 'at', 'timeZone'] },
);

const spec = fc
  .record({
    policies,
    schedules: fc.array(schedule, { maxLength: 2 }),
    limits: fc.record({ up: fc.array(limit, { maxLength: 2 }), down: fc.array(limit, { maxLength: 2 }) }),
    limitChoice: fc.constantFrom('max' as const, 'min' as const, 'disabled' as const),
    min: number(0, 3),
    span: number(0, 8),
  })
  .map(({ policies: chosen, min, span, ...scaling }) => serviceOf(chosen, scaling, { min, max: min + span }));

/** A load that changes now and then, and is not measured now and then. */
const load = fc
  .array(fc.option(number(0, 1000), { nil: undefined }), { minLength: 1, maxLength: 8 })
  .map((levels) => (at: number) => levels[Math.floor(at / 60_000) % levels.length]);

function boundsAt(ticks: readonly Tick[], index: number, first: ScalingInput['bounds']) {
  return ticks.slice(0, index + 1).findLast(({ decision }) => decision.bounds)?.decision.bounds ?? first;
}

describe('scaling', () => {
  test.prop([spec, load, number(0, 12)])('never leaves the bounds', (service, course, replicas) => {
    const ticks = runCourse({ spec: service, replicas, load: course, lastsMs: 600_000 });
    for (const [index, { desired }] of ticks.entries()) {
      const { min, max } = boundsAt(ticks, index, service.replicas);
      expect(desired).toBeGreaterThanOrEqual(min);
      expect(desired).toBeLessThanOrEqual(max);
      expect(Number.isInteger(desired)).toBe(true);
    }
  });

  test.prop([spec, load, fc.array(cpu, { maxLength: 5 })])(
    'decides the same from the same, which survives being stored',
    (service, course, values) => {
      const last = runCourse({ spec: service, replicas: 2, load: course, lastsMs: 120_000 }).at(-1)!;
      const input = inputOf(service, values, { now: 125_000, state: last.decision.state });
      const stored = JSON.parse(JSON.stringify(input)) as ScalingInput;
      const decision = decideScaling(Object.freeze(input));
      expect(decideScaling(stored)).toEqual(decision);
      expect(JSON.parse(JSON.stringify(decision))).toEqual(decision);
    },
  );

  test.prop([policies, number(0, 900), number(1, 10), fc.tuple(number(0, 60_000), number(30, 300))])(
    'never takes within W_down what it has added, under constant load',
    (chosen, constant, replicas, [bootMs, downSeconds]) => {
      const downMs = downSeconds * 1000;
      const service = serviceOf(chosen, { stabilization: { upMs: 0, downMs } });
      const ticks = runCourse({ spec: service, replicas, load: () => constant, lastsMs: 1_800_000, bootMs });
      const changes = changesOf(ticks, replicas);
      for (const [index, { at, by }] of changes.entries()) {
        const next = changes[index + 1];
        if (by > 0 && next !== undefined && next.by < 0) expect(next.at - at).toBeGreaterThan(downMs);
      }
    },
  );

  test.prop([number(20, 900), number(1, 10), number(10, 90)])(
    'by a target settles where the load is near it',
    (constant, replicas, target) => {
      const service = serviceOf([tracking({ target })], {}, { min: 1, max: 100 });
      const ticks = runCourse({ spec: service, replicas, load: () => constant, lastsMs: 3_600_000 });
      const settled = ticks.filter(({ at }) => at > 2_700_000).map(({ desired }) => desired);
      expect(new Set(settled).size).toBe(1);
      const size = settled[0]!;
      expect(constant / size / target).toBeLessThanOrEqual(1.1 + 1e-6);
      // One less would be too few, by more than the tolerance lets pass.
      if (size > 1) expect(constant / (size - 1) / target).toBeGreaterThan(0.9);
    },
  );

  test.prop([number(0, 59), number(81, 100)])(
    'by the paper’s policy is never before 60 s, and always at the first evaluation then',
    (startTick, level) => {
      const start = startTick * 5000;
      const service = serviceOf([above()]);
      const ticks = runCourse({
        spec: service,
        replicas: 2,
        load: (at) => (at >= start ? level * 2 : 50),
        lastsMs: start + 90_000,
      });
      const seen = Math.ceil(start / 10_000) * 10_000;
      expect(changesOf(ticks, 2)).toEqual([{ at: seen + 60_000, by: 1 }]);
    },
  );

  test.prop([number(21, 120), number(5, 39)])(
    'by the paper’s policy begins anew after a gap of more than two periods',
    (gapSeconds, second) => {
      const gap = Math.ceil(gapSeconds / 10) * 10_000;
      const from = Math.floor(second / 10) * 10_000;
      const to = from + Math.max(30_000, gap);
      const course = (at: number) => (at > from && at < to ? undefined : 190);
      const ticks = runCourse({
        spec: serviceOf([above()]),
        replicas: 2,
        load: course,
        lastsMs: to + 90_000,
      });
      expect(changesOf(ticks, 2)[0]).toEqual({ at: to + 60_000, by: 1 });
    },
  );

  test.prop([fc.array(limit, { minLength: 1, maxLength: 2 }), load, number(1, 30)])(
    'keeps rate limits: the strictest of each, in both directions',
    (limits, course, replicas) => {
      const scaling = {
        limits: { up: limits, down: limits },
        limitChoice: 'min' as const,
        stabilization: { upMs: 0, downMs: 0 },
        warmupMs: 0,
      };
      const service = serviceOf([tracking({ target: 30 })], scaling, { min: 0, max: 60 });
      const ticks = runCourse({ spec: service, replicas, load: course, lastsMs: 600_000 });
      const changes = changesOf(ticks, replicas);
      for (const [index, { at, by }] of changes.entries()) {
        const after = ticks.find((tick) => tick.at === at)!.desired;
        for (const { amount, unit, periodMs } of limits) {
          const inPeriod = changes.slice(0, index + 1).filter((each) => each.at > at - periodMs);
          const start = after - inPeriod.reduce((sum, each) => sum + each.by, 0);
          const most = unit === 'replicas' ? start + amount : Math.ceil((start * (100 + amount)) / 100);
          const least = unit === 'replicas' ? start - amount : Math.trunc((start * (100 - amount)) / 100);
          if (by > 0) expect(after).toBeLessThanOrEqual(most);
          else expect(after).toBeGreaterThanOrEqual(least);
        }
      }
    },
  );
});
