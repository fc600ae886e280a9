import { expect, it } from 'vitest';
import { conditionsOf } from './rules.ts';
import { scheduledAction } from './scaling-rules.ts';
import { phaseOf } from './describe-group.ts';

const valuesOf = (pathPrefix: string) =>
  conditionsOf({ pathPrefix, pool: 'web' })[0]?.PathPatternConfig?.Values;

it('routes a path and what lies under it, and nothing that only begins alike', () => {
  expect(valuesOf('/three')).toEqual(['/three', '/three/*']);
  expect(valuesOf('/three/')).toEqual(['/three', '/three/*']);
  expect(valuesOf('/')).toEqual(['/*']);
  expect(conditionsOf({ host: 'two.example', pathPrefix: '/a', pool: 'web' })).toHaveLength(2);
});

it('schedules by cron in its time zone, once at an instant, and nothing that is over', () => {
  const now = new Date('2030-01-01T00:00:00Z');
  const schedule = { id: 'night', timeZone: 'Europe/Madrid', max: 1 };
  expect(scheduledAction({ ...schedule, at: '0 22 * * *' }, now)).toEqual({
    ScheduledActionName: 'night',
    Recurrence: '0 22 * * *',
    TimeZone: 'Europe/Madrid',
    MaxSize: 1,
  });
  const at = '2030-06-01T00:00:00Z';
  expect(scheduledAction({ ...schedule, at, replicas: 3 }, now)).toMatchObject({
    StartTime: new Date(at),
    DesiredCapacity: 3,
  });
  expect(scheduledAction({ ...schedule, at: '2029-06-01T00:00:00Z' }, now)).toBeUndefined();
});

it.each([
  ['Pending', 'booting'],
  ['Pending:Wait', 'configuring'],
  ['InService', 'in-service'],
  ['Terminating:Wait', 'terminating'],
  ['Standby', 'standby'],
  ['EnteringStandby', 'standby'],
  ['Quarantined', 'unknown'],
])('takes %s for %s', (lifecycle, phase) => {
  expect(phaseOf(lifecycle)).toBe(phase);
});
