import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import type { Counters } from './read-page.ts';
import { type Known, nextSamples } from './samples.ts';

const size = { cpuCount: 4, memoryMiB: 1024 };
const start = 1_800_000_000_000;

interface Turn {
  readonly elapsedMs: number;
  /** Of the CPU's time. */
  readonly busy: number;
  readonly bytes: number;
  readonly isRestarted: boolean;
}

const turns = fc.array(
  fc.record({
    elapsedMs: fc.integer({ min: 500, max: 60_000 }),
    busy: fc.double({ min: 0, max: 1, noNaN: true }),
    bytes: fc.integer({ min: 0, max: 10 ** 9 }),
    isRestarted: fc.boolean(),
  }),
  { minLength: 1, maxLength: 30 },
);

/** A VM that does as the turns say; each answer is the truth beside what was made of it. */
function live(all: readonly Turn[], kind: 'machine' | 'container') {
  let [at, cpu, idle, bytes, uptime] = [start, 0, 0, 0, 1000];
  let known: Known | undefined;
  const look = (): Known => {
    const own = kind === 'container' ? { container: { sampledAtMs: uptime, cpuSeconds: cpu } } : {};
    const seconds = { all: cpu + idle, busy: cpu };
    const counters: Counters = {
      ...own,
      at,
      cpuSeconds: new Map(kind === 'machine' ? [['0', seconds]] : []),
      networkBytes: new Map([['receive eth0', bytes]]),
    };
    known = nextSamples(known, counters, size);
    return known;
  };
  look();
  return all.map((turn) => {
    if (turn.isRestarted) [cpu, idle, bytes] = [0, 0, 0];
    const cpuCount = kind === 'container' ? size.cpuCount : 1;
    at += turn.elapsedMs;
    uptime += turn.elapsedMs;
    cpu += (turn.busy * cpuCount * turn.elapsedMs) / 1000;
    idle += ((1 - turn.busy) * cpuCount * turn.elapsedMs) / 1000;
    bytes += turn.bytes;
    return { turn, samples: look().samples };
  });
}

describe('samples from counters', () => {
  test.prop([turns, fc.constantFrom('machine' as const, 'container' as const)])(
    'are what was used since the last time, and never out of bounds when a VM starts again',
    (all, kind) => {
      for (const { turn, samples } of live(all, kind)) {
        expect(samples.cpu!.value).toBeGreaterThanOrEqual(0);
        expect(samples.cpu!.value).toBeLessThanOrEqual(100);
        expect(samples.network!.value).toBeGreaterThanOrEqual(0);
        if (turn.isRestarted) continue;
        expect(samples.cpu!.value).toBeCloseTo(turn.busy * 100, 3);
        expect(samples.network!.value).toBeCloseTo((turn.bytes * 1000) / turn.elapsedMs, 3);
      }
    },
  );

  test.prop([fc.array(fc.integer({ min: 1, max: 499 }), { maxLength: 20 })])(
    'keep their rates while asked too soon, and count all of it afterwards',
    (soon) => {
      const counters = (at: number, bytes: number): Counters => ({
        at,
        cpuSeconds: new Map(),
        networkBytes: new Map([['receive eth0', bytes]]),
      });
      let known = nextSamples(undefined, counters(start, 0), size);
      known = nextSamples(known, counters(start + 1000, 5000), size);
      for (const ms of soon) known = nextSamples(known, counters(start + 1000 + ms, 5000 + ms), size);
      expect(known.samples.network).toEqual({ at: start + 1000, value: 5000 });
      known = nextSamples(known, counters(start + 3000, 7000), size);
      expect(known.samples.network).toEqual({ at: start + 3000, value: 1000 });
    },
  );

  test.prop([fc.integer({ min: 300_001, max: 10 ** 9 })])('begin anew after a long silence', (ms) => {
    const counters = (at: number): Counters => ({
      at,
      cpuSeconds: new Map([['0', { all: at, busy: at }]]),
      networkBytes: new Map([['receive eth0', at]]),
    });
    const known = nextSamples(undefined, counters(start), size);
    expect(nextSamples(known, counters(start + ms), size).samples).toEqual({});
  });
});
