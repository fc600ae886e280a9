import { readRadl } from '@trencadis/radl';
import { describe, expect, it } from 'vitest';
import { readServices } from './read-service.ts';
import type { ScalingSpec } from './service-spec.ts';

function read(features: string): ScalingSpec {
  const text = `system node ()\nservice web (system = 'node' and replicas.max = 9 and ${features})\ndeploy web`;
  const { document, diagnostics } = readRadl(text);
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  return readServices(document)[0]!.scaling;
}

const cpu = { metric: 'cpu', statistic: 'mean' };

describe('policies', () => {
  it("are the paper's: above 80 % for a minute, one more", () => {
    expect(read('scale.above = 80').policies).toEqual([
      { id: 'scale.above', ...cpu, kind: 'above', threshold: 80, forMs: 60_000, step: 1 },
    ]);
  });

  it('take replicas away where the document says when, so that the others stay below the threshold', () => {
    const [, below] = read(
      'scale.above = 80 and scale.below = 30 and scale.below_for = 120 and scale.step = 2',
    ).policies;
    expect(below).toEqual({
      id: 'scale.below',
      ...cpu,
      kind: 'below',
      threshold: 30,
      forMs: 120_000,
      step: 2,
      ceiling: 70,
    });
    expect(read('scale.below = 30').policies).toEqual([
      { id: 'scale.below', ...cpu, kind: 'below', threshold: 30, forMs: 300_000, step: 1 },
    ]);
  });

  it('track a target', () => {
    expect(
      read("scale.target = 50 and scale.metric = 'requests' and scale.statistic = 'p90'").policies,
    ).toEqual([
      {
        id: 'scale.target',
        metric: 'requests',
        statistic: 'p90',
        kind: 'target',
        target: 50,
        tolerance: 0.1,
        scalesIn: true,
      },
    ]);
    expect(
      read("scale.target = 50 and scale.tolerance = 0.2 and scale.scale_in = 'no'").policies[0],
    ).toMatchObject({
      tolerance: 0.2,
      scalesIn: false,
    });
  });

  it('adjust by steps, each to its threshold', () => {
    const steps = "scale.steps = ['0:20=1', '20:=3', ':-10=-2']";
    const alarm = "scale.datapoints = '3/5' and scale.missing = 'breaching' and scale.adjust = 'percent'";
    const [above, below] = read(
      `scale.above = 80 and scale.below = 30 and ${steps} and ${alarm} and scale.least_change = 2`,
    ).policies;
    const shared = {
      kind: 'step',
      datapoints: 3,
      ofDatapoints: 5,
      missing: 'breaching',
      adjustment: 'percent',
      leastChange: 2,
      cooldownMs: 0,
    };
    expect(above).toMatchObject({
      ...shared,
      comparison: 'above',
      steps: [
        { from: 0, to: 20, amount: 1 },
        { from: 20, amount: 3 },
      ],
    });
    expect(below).toMatchObject({ ...shared, comparison: 'below', steps: [{ to: -10, amount: -2 }] });
  });

  it('adjust once and wait where there is a cooldown', () => {
    expect(read('scale.below = 20 and scale.cooldown = 300 and scale.step = 2').policies[0]).toMatchObject({
      kind: 'simple',
      comparison: 'below',
      datapoints: 1,
      ofDatapoints: 1,
      missing: 'missing',
      adjustment: 'change',
      steps: [{ amount: -2 }],
      cooldownMs: 300_000,
    });
  });

  it('are several, by their numbers', () => {
    const more = "scale.1.metric = 'latency' and scale.1.above = 250";
    expect(read(`scale.above = 80 and ${more}`).policies.map(({ id, metric }) => [id, metric])).toEqual([
      ['scale.above', 'cpu'],
      ['scale.1.above', 'latency'],
    ]);
  });
});

describe('each other key of scaling is read', () => {
  it.each([
    ["scale.engine = 'native' and balancer.port = 80 and balancer.kind = 'native'", { engine: 'native' }],
    ['scale.warmup = 5', { warmupMs: 5000 }],
    ['scale.up_window = 3 and scale.down_window = 60', { stabilization: { upMs: 3000, downMs: 60_000 } }],
    ['scale.period = 1', { periodMs: 1000 }],
    ["scale.limit = 'disabled'", { limitChoice: 'disabled' }],
    [
      "scale.up_limit = ['4/15', '100%/60']",
      {
        limits: {
          up: [
            { amount: 4, unit: 'replicas', periodMs: 15_000 },
            { amount: 100, unit: 'percent', periodMs: 60_000 },
          ],
          down: [],
        },
      },
    ],
    [
      "scale.down_limit = '1/60'",
      { limits: { up: [], down: [{ amount: 1, unit: 'replicas', periodMs: 60_000 }] } },
    ],
  ])('%s', (features, expected) => {
    expect(read(features)).toMatchObject(expected);
  });

  it('schedules say when, where, and what', () => {
    const daily =
      "schedule.0.at = '0 8 * * 1-5' and schedule.0.zone = 'Europe/Madrid' and schedule.0.replicas = 4";
    const once = "schedule.1.at = '2030-01-31T08:00:00Z' and schedule.1.min = 2 and schedule.1.max = 6";
    expect(read(`${daily} and ${once}`).schedules).toEqual([
      { id: 'schedule.0', at: '0 8 * * 1-5', timeZone: 'Europe/Madrid', replicas: 4 },
      { id: 'schedule.1', at: '2030-01-31T08:00:00Z', timeZone: 'UTC', min: 2, max: 6 },
    ]);
  });
});
