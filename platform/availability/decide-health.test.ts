import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { judgeReplica } from './decide-health.ts';
import type { HealthFacts } from './health-facts.ts';
import type { JudgedReplica } from './judged-replica.ts';
import type { HealthSpec, ReplicaRecord, ReplicaView } from './model.ts';
import { exampleNow as now, exampleView } from './testing/example-facts.ts';
import { simulatedSpec } from './testing/simulated-spec.ts';

const well: ReplicaRecord = { since: now - 1e6, inServiceAt: now - 1e6, failures: 0, passes: 2 };

interface Course {
  readonly health?: Partial<HealthSpec>;
  readonly before?: ReplicaRecord | undefined;
  readonly facts?: Partial<HealthFacts>;
}

/** What becomes of a replica that is seen so, every 5 s. */
function course(views: readonly Partial<ReplicaView>[], { health = {}, before = well, facts }: Course = {}) {
  const spec = simulatedSpec({ health });
  let judged: JudgedReplica | undefined;
  let record: ReplicaRecord | undefined = before;
  for (const [index, view] of views.entries()) {
    const at = now + index * 5_000;
    const all = {
      now: at,
      spec,
      isPlanRunning: false,
      isProbing: true,
      answeredAt: {},
      handled: new Map(),
      ...facts,
    };
    judged = judgeReplica(all, exampleView('vm', view), record);
    record = judged.record;
  }
  return judged!;
}

const fails: Partial<ReplicaView> = { probe: { isPassed: false, because: 'status 503' } };
const passes: Partial<ReplicaView> = {};
const silent: Partial<ReplicaView> = { vm: 'unknown' };

describe('a replica that came into service', () => {
  it('stays well, and its record the very same', () => {
    const first = course([passes]).record;
    expect(course([passes, passes], { before: first }).record).toBe(first);
  });

  it('is unhealthy after `fall` failed checks in a row, and says why', () => {
    expect(course([fails]).standing).toBe('in-service');
    expect(course([fails, passes, fails]).standing).toBe('in-service');
    const { standing, record } = course([fails, fails]);
    expect(standing).toBe('unhealthy');
    expect(record.unhealthy).toEqual({
      since: now + 5_000,
      because: 'it failed 2 checks in a row: status 503',
    });
  });

  it('is well again after `rise` passed ones', () => {
    expect(course([fails, fails, passes]).standing).toBe('unhealthy');
    expect(course([fails, fails, passes, passes]).standing).toBe('in-service');
  });

  it.each(['stopped', 'failed', 'absent'] as const)(
    'is dead at once when its VM is %s, even in grace',
    (vm) => {
      const { standing, record } = course([{ vm }], { health: { graceMs: 1e9 } });
      expect(standing).toBe('dead');
      expect(record.unhealthy?.because).toBe(`its VM is ${vm}`);
    },
  );

  it('is not dead by what a silent VM manager said last', () => {
    expect(course([{ vm: 'absent' }], { facts: { answeredAt: { '': now - 5_000 } } }).standing).toBe(
      'in-service',
    );
  });

  it('has no failed checks counted within its grace', () => {
    const before = { ...well, inServiceAt: now - 60_000 };
    const failing = [fails, fails, fails, fails];
    expect(course(failing, { before, health: { graceMs: 300_000 } }).standing).toBe('in-service');
    expect(course(failing, { before, health: { graceMs: 65_000 } }).standing).toBe('unhealthy');
  });

  it.each([
    ['any', 'unhealthy'],
    ['all', 'in-service'],
  ] as const)('with %s of its sources against it is %s', (combine, standing) => {
    const views = [{ member: 'down', probe: { isPassed: true } }] as const;
    expect(course(views, { health: { combine } }).standing).toBe(standing);
  });

  it('with all of its sources against it is unhealthy however they combine', () => {
    const views = [{ ...fails, member: 'down' } as const, { ...fails, member: 'down' } as const];
    expect(course(views, { health: { combine: 'all' } }).standing).toBe('unhealthy');
  });

  it('is unhealthy when its heartbeats end, unless its VM manager is silent and nothing else fails', () => {
    const health = { heartbeatMs: 30_000 };
    const quiet = { heartbeatAt: now - 31_000 };
    expect(course([quiet], { health }).record.unhealthy?.because).toBe('no heartbeat for 30 s');
    expect(course([{ ...quiet, ...silent }], { health }).standing).toBe('in-service');
    expect(course([{ ...quiet, ...silent, member: 'down' }], { health }).standing).toBe('unhealthy');
  });

  it('has its timers back after less than 30 s without a VM that runs, and begins anew after more', () => {
    const off: Partial<ReplicaView> = { vm: 'stopped' };
    expect(course([off, off, passes]).record).toEqual({ ...well, phase: 'in-service' });
    const anew = course([off, off, off, off, off, off, passes]);
    expect(anew.standing).toBe('pending');
    expect(anew.record.inServiceAt).toBeUndefined();
  });

  it('is only called unknown when its VM manager is silent for 120 s', () => {
    const before = { ...well, phase: 'in-service' } as const;
    const phaseAfter = (ms: number) =>
      course([silent], { before, facts: { answeredAt: { '': now - ms } } }).record.phase;
    expect(phaseAfter(120_000)).toBe('in-service');
    expect(phaseAfter(120_001)).toBe('unknown');
  });

  test.prop([fc.array(fc.boolean(), { minLength: 1, maxLength: 60 })])(
    'is never given up because its VM manager is silent',
    (answers) => {
      const { standing } = course(answers.map((does) => (does ? passes : silent)));
      expect(standing).toBe('in-service');
    },
  );

  it('is not judged while its own plan works on it', () => {
    const facts = { isPlanRunning: true, handled: new Map([['vm', 'remade' as const]]) };
    expect(course([fails, fails, { vm: 'absent' }], { facts })).toMatchObject({ standing: 'pending' });
  });

  it('is left over when it drains and nothing works on it', () => {
    expect(course([{ member: 'draining' }]).standing).toBe('leaving');
    expect(course([{ member: 'draining' }], { facts: { isPlanRunning: true } }).standing).toBe('pending');
  });
});

describe('a new replica', () => {
  const fresh: ReplicaRecord = { since: now, failures: 0, passes: 0 };

  it('comes into service when it is configured, up at its balancer, and has passed `rise` checks', () => {
    expect(course([passes], { before: fresh }).standing).toBe('pending');
    expect(course([passes, passes], { before: fresh }).standing).toBe('warming');
    expect(course([passes, { isConfigured: false }], { before: fresh }).standing).toBe('pending');
    expect(course([passes, { member: 'checking' }], { before: fresh }).standing).toBe('pending');
  });

  it('comes into service by its balancer alone where nobody else probes it', () => {
    const { probe: _, ...view } = exampleView('vm');
    const quiet = { isPlanRunning: false, isProbing: true, answeredAt: {}, handled: new Map() };
    expect(judgeReplica({ now, spec: simulatedSpec(), ...quiet }, view, fresh).standing).toBe('warming');
  });

  it.each([true, false])(
    'comes into service by its balancer that answers again, whatever probes said before: passed %s',
    (isPassed) => {
      const { probe: _, ...view } = exampleView('vm');
      const { member: __, ...probed } = exampleView('vm', { probe: { isPassed, because: 'status 503' } });
      const spec = simulatedSpec();
      const at = { now, spec, isPlanRunning: false, isProbing: true, answeredAt: {}, handled: new Map() };
      const { record, standing } = judgeReplica(at, probed, fresh);
      expect(standing).toBe('pending');
      expect(judgeReplica(at, view, record).standing).toBe('pending');
      expect(judgeReplica({ ...at, isProbing: false }, view, record).standing).toBe('warming');
    },
  );

  it('without a check has only to be configured and joined', () => {
    expect(course([passes], { before: fresh, health: { protocol: 'none' } }).standing).toBe('warming');
  });

  it('that is not there is being made while a plan runs, and lost when none does', () => {
    const absent = [{ vm: 'absent' }] as const;
    expect(course(absent, { before: fresh, facts: { isPlanRunning: true } }).record.phase).toBe('requested');
    expect(course(absent, { before: fresh }).standing).toBe('dead');
  });

  it('that nothing works on is unfinished, and given up when it does not boot for five minutes', () => {
    const booting: Partial<ReplicaView> = { vm: 'creating', isConfigured: false, member: 'absent' };
    const views = Array.from({ length: 61 }, () => booting);
    expect(course(views.slice(1), { before: fresh })).toMatchObject({
      standing: 'pending',
      isUnfinished: true,
    });
    expect(course(views, { before: fresh }).standing).toBe('dead');
  });
});
