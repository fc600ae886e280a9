import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decideGroup } from './decide-group.ts';
import { type ReplayedEvaluation, replayTrace, writeTrace } from './replay.ts';
import { above, serviceOf } from './testing/scaling-site.ts';

const broker =
  'service broker (replicas.min = 2 and replicas.max = 5 and scale.above = 80 and scale.below = 30)';

function linesOf(...lines: readonly object[]): string {
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}

const day = linesOf(
  { radl: broker, bootMs: 45_000 },
  { at: 0, total: { cpu: 180 } },
  { at: 600_000, total: { cpu: 40 } },
  { at: 1_200_000 },
);

function changes(replayed: readonly ReplayedEvaluation[]) {
  return replayed
    .map(({ line, evaluation: { at, desiredBefore, desiredAfter } }) => [
      line,
      at,
      desiredBefore,
      desiredAfter,
    ])
    .filter(([, , before, after]) => before !== after);
}

describe('a hand-written trace', () => {
  it('tells what a policy would have done, with replicas that boot, warm up and share the load', () => {
    const replayed = replayTrace(day, decideGroup);
    expect(changes(replayed)).toEqual([
      [2, 60_000, 2, 3],
      [3, 900_000, 3, 2],
    ]);
    const sizes = (at: number) => replayed.find(({ evaluation }) => evaluation.at === at)?.snapshot.replicas;
    expect(sizes(60_000)).toHaveLength(2);
    expect(sizes(65_000)?.map(({ vm }) => vm)).toEqual(['running', 'running', 'creating']);
    expect(sizes(105_000)?.map(({ vm }) => vm)).toEqual(['running', 'running', 'running']);
    expect(replayed.at(-1)?.snapshot.replicas).toHaveLength(2);
    expect(replayed.every(({ recorded }) => recorded === undefined)).toBe(true);
  });

  it('takes the parts of a service, metrics by replica, of each and of the group, and comments', () => {
    const policies = [
      { kind: 'above', threshold: 80, forMs: 30_000 },
      { kind: 'target', metric: 'queue', target: 10 },
    ];
    const text = `# yesterday
${linesOf(
  { service: { replicas: { max: 4 }, scaling: { policies, warmupMs: 0 } } },
  { at: '2026-12-01T08:00:00Z', metrics: { cpu: { web1: 91, web2: 85 } } },
  { at: '2026-12-01T08:01:00Z', metrics: { cpu: 50 }, group: { queue: 20 } },
)}`;
    const replayed = replayTrace(text, decideGroup);
    expect(replayed[0]?.snapshot.replicas.map(({ name }) => name)).toEqual(['web1', 'web2']);
    expect(replayed.at(-1)?.snapshot.replicas.map(({ name }) => name)).toEqual(['web1', 'web2', 'web3']);
    expect(changes(replayed).map(([line, , before, after]) => [line, before, after])).toEqual([
      [3, 2, 3],
      [4, 3, 4],
    ]);
  });

  it('of the documentation does what is said there', () => {
    const page = readFileSync(join(import.meta.dirname, '../../docs/scaling-traces.md'), 'utf8');
    const [, example = ''] = /```jsonl\n(.*?)```/s.exec(page) ?? [];
    const replayed = replayTrace(example, decideGroup);
    const times = changes(replayed).map(([, at = 0, before, after]) => [
      new Date(at).toISOString(),
      before,
      after,
    ]);
    expect(times).toEqual([
      ['2026-12-01T08:01:00.000Z', 2, 3],
      ['2026-12-01T08:15:00.000Z', 3, 2],
    ]);
  });

  it('tries another service on the same measurements', () => {
    const spec = serviceOf([above({ forMs: 120_000, step: 2 })], {}, { min: 2, max: 5 });
    expect(changes(replayTrace(day, decideGroup, { spec }))).toEqual([[2, 120_000, 2, 4]]);
  });

  it.each(
    [
      ['', 'The trace is empty'],
      ['{"radl": 1', 'Line 1 of the trace is no JSON'],
      ['[]', 'Line 1 of the trace is no JSON object'],
      [linesOf({ bootMs: 1 }), 'Line 1 of the trace is not followed by any'],
      [
        linesOf({ boot: 1 }),
        "Line 1 of the trace has a 'boot', which means nothing there: service, radl, bootMs",
      ],
      [
        linesOf({ bootMs: -1 }, { at: 0 }),
        "Line 1 of the trace has a 'bootMs' that is no whole number from 0 on",
      ],
      [linesOf({ radl: 'service a (' }, { at: 0 }), 'Line 1 of the trace has RADL in which '],
      [linesOf({ radl: 'service a (scale.abov = 1)' }, { at: 0 }), '"scale.abov" is no key'],
      [linesOf({ radl: 'system a ()' }, { at: 0 }), 'Line 1 of the trace has RADL with no service'],
      [
        linesOf({ service: { scaling: { warmup: 1 } } }, { at: 0 }),
        "has a 'service.scaling.warmup', which means",
      ],
      [
        linesOf({ service: { replicas: { min: '2' } } }, { at: 0 }),
        "'service.replicas.min' that is no number",
      ],
      [
        linesOf({ service: { replicas: { min: 7, max: 2 } } }, { at: 0 }),
        'at least 7 replicas and at most 2',
      ],
      [linesOf({ service: { scaling: { policies: [{ kind: 'abov' }] } } }, { at: 0 }), 'policies.0.kind'],
      [
        linesOf({ service: { scaling: { policies: [{ kind: 'above' }] } } }, { at: 0 }),
        "has no number 'service.scaling",
      ],
      [
        linesOf(
          { service: { scaling: { policies: [{ kind: 'target', target: 5, statistic: 'p50' }] } } },
          { at: 0 },
        ),
        "policies.0.statistic' that is none of mean, min, max, p90, sum",
      ],
      [linesOf({}, { metrics: {} }), "Line 2 of the trace has no instant 'at'"],
      [linesOf({}, { at: 'noon' }), "Line 2 of the trace has no instant 'at'"],
      [linesOf({}, { at: 5 }, { at: 4 }), 'Line 3 of the trace is older than the one before it'],
      [
        linesOf({}, { at: 5, metrics: { cpu: '9' } }),
        "Line 2 of the trace has a 'metrics.cpu' that is neither",
      ],
      [linesOf({}, { at: 5, metrics: { cpu: { vm1: null } } }), "has a 'metrics.cpu.vm1' that is no number"],
      [linesOf({}, { at: 5, metric: {} }), "Line 2 of the trace has a 'metric', which means nothing there"],
      [
        linesOf({}, { at: 0, metrics: { cpu: { 'VM 1': 5 } } }),
        "names a replica 'VM 1', which is no name of a VM",
      ],
      [linesOf({}, { at: 0 }, { at: 1e13 }), 'more than 200000 evaluations later'],
    ].map(([text = '', message = '']) => [message, text] as const),
  )('that is wrong is refused by its line: %s', (message, text) => {
    expect(() => replayTrace(text, decideGroup)).toThrow(
      expect.objectContaining({ code: 'invalid-argument', message: expect.stringContaining(message) }),
    );
  });
});

describe('a recorded trace', () => {
  const recorded = replayTrace(day, decideGroup).map(({ evaluation, snapshot }) => ({
    ...evaluation,
    snapshot,
  }));
  const objects = () =>
    writeTrace(recorded)
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Line);

  interface Line {
    snapshot: (typeof recorded)[0]['snapshot'];
    evaluation: (typeof recorded)[0];
  }

  it('is decided the same again', () => {
    const replayed = replayTrace(writeTrace(recorded), decideGroup);
    expect(replayed).toHaveLength(recorded.length);
    expect(replayed.every(({ isEqual }) => isEqual)).toBe(true);
    expect(replayed.slice(1).every(({ isContinued }) => isContinued)).toBe(true);
    expect(changes(replayed).map(([, ...change]) => change)).toEqual([
      [60_000, 2, 3],
      [900_000, 3, 2],
    ]);
  });

  it('is taken as the API lists it, newest first and with what else is stored', () => {
    const listed = recorded.toReversed().map((each) => ({ serviceId: 'broker', isDecision: false, ...each }));
    const replayed = replayTrace(linesOf(...listed), decideGroup);
    expect(replayed.map(({ line }) => line)).toEqual(listed.map((_, index) => listed.length - index));
    expect(replayed.every(({ isEqual, isContinued }) => isEqual && isContinued !== false)).toBe(true);
  });

  it('carries the state forward where it is left out', () => {
    const [first, ...others] = objects();
    const bare = others.map(({ snapshot: { state: _state, ...snapshot }, evaluation }) => ({
      snapshot,
      evaluation,
    }));
    const replayed = replayTrace(linesOf(first!, ...bare), decideGroup);
    expect(replayed.every(({ isEqual }) => isEqual)).toBe(true);
    expect(replayed.at(-1)?.snapshot.state).toEqual(recorded.at(-1)?.snapshot.state);
  });

  it('tells where it was decided otherwise, and goes on with what was recorded', () => {
    const lines = objects();
    lines[3]!.evaluation = { ...lines[3]!.evaluation, desiredAfter: 5 };
    const replayed = replayTrace(linesOf(...lines), decideGroup);
    expect(replayed.filter(({ isEqual }) => isEqual !== true).map(({ line }) => line)).toEqual([4]);
    expect(replayed[3]).toMatchObject({ recorded: { desiredAfter: 5 }, evaluation: { desiredAfter: 2 } });
  });

  it('tells where somebody changed the state in between, or lines are missing', () => {
    const lines = objects().filter((_, index) => index < 4 || index > 30);
    const replayed = replayTrace(linesOf(...lines), decideGroup);
    expect(replayed.filter(({ isContinued }) => isContinued === false).map(({ line }) => line)).toEqual([5]);
    expect(replayed.every(({ isEqual }) => isEqual)).toBe(true);
  });

  it('is decided on as another service would have, with its own state carried forward', () => {
    const spec = serviceOf([above({ forMs: 90_000 })], {}, { min: 2, max: 5 });
    const replayed = replayTrace(writeTrace(recorded), decideGroup, { spec });
    expect(changes(replayed)[0]?.slice(1)).toEqual([90_000, 2, 3]);
    expect(replayed.some(({ recorded: stored }) => stored !== undefined)).toBe(false);
  });

  it.each([
    ['no instant', { snapshot: { replicas: [], samples: {} } }, "Line 1 of the trace has no number 'now'"],
    ['no replicas', { snapshot: { now: 5 } }, "Line 1 of the trace has no list 'replicas'"],
    ['no samples', { now: 5, replicas: [] }, "Line 1 of the trace has no 'samples'"],
    [
      'no service',
      { now: 5, replicas: [], samples: { byReplica: {}, ofGroup: {} } },
      "Line 1 of the trace has no 'spec'",
    ],
    [
      'a service of nothing',
      { now: 5, replicas: [], samples: { byReplica: {}, ofGroup: {} }, spec: {}, state: {} },
      'Line 1 of the trace cannot be decided on',
    ],
  ])('with %s is refused by its line', (_, line, message) => {
    expect(() => replayTrace(linesOf(line), decideGroup)).toThrow(
      expect.objectContaining({ code: 'invalid-argument', message: expect.stringContaining(message) }),
    );
  });
});
