import { describe, expect, it } from 'vitest';
import { conditionOf } from './group-condition.ts';
import { simulatedSpec } from './testing/simulated-spec.ts';

const spec = simulatedSpec({ replicas: { clouds: ['a', 'b'] } });
const failed = { failures: 4, notBefore: 0, because: 'no host fits' };
const full = { failures: 1, notBefore: 0, fullUntil: 9, because: 'the quota is used up' };

describe('conditionOf', () => {
  it('is ok as long as one VM manager is left', () => {
    expect(conditionOf({ launches: { a: failed, b: { ...failed, failures: 3 } } }, spec)).toEqual({
      condition: 'ok',
    });
  });

  it('is degraded when none is, and says what each lacks', () => {
    expect(conditionOf({ launches: { a: failed, b: full } }, spec)).toEqual({
      condition: 'degraded',
      because: 'no launch succeeds: a: no host fits; b: the quota is used up',
    });
  });

  it('is degraded by plans that fail again and again, and by a roll that failed', () => {
    const setback = { failures: 4, notBefore: 0, because: 'it does not answer' };
    expect(conditionOf({ launches: {}, setback }, spec)).toEqual({
      condition: 'degraded',
      because: setback.because,
    });
    const roll = { startedAt: 0, total: 3, rolled: 1, progressAt: 0, checkpointsPassed: 0 };
    const because = 'there was no progress for 3600 s';
    expect(conditionOf({ launches: {}, roll: { ...roll, failed: { at: 1, because } } }, spec)).toEqual({
      condition: 'degraded',
      because,
    });
  });

  it('is frozen before all else', () => {
    const frozen = { since: 0, because: '3 of 4 replicas turned unhealthy at once' };
    expect(conditionOf({ launches: { a: failed, b: failed }, frozen }, spec)).toEqual({
      condition: 'frozen',
      because: frozen.because,
    });
  });
});
