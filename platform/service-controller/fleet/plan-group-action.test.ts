import { newInfrastructureId } from '@trencadis/ids';
import type { Planning } from '@trencadis/infrastructure';
import { expect, it } from 'vitest';
import type { Fleet, Group } from '../fleet.ts';
import { planAction } from '../plan-action.ts';
import { exampleSpec, exampleState } from '../testing/examples.ts';
import { planIdOf } from './plan-group-action.ts';

const span = { start: 0, end: 0, line: 1, column: 1 };
const problem = (code: string, cloudId?: string) => {
  const told = { code, severity: 'error' as const, message: `${code} at ${cloudId ?? 'any'}.`, span };
  return cloudId === undefined ? told : { ...told, cloudId };
};
const planning = (...diagnostics: ReturnType<typeof problem>[]): Planning => ({
  kind: 'problems',
  diagnostics,
});

/** What the controller makes of a plan that cannot be made. */
async function outcomeOf(...diagnostics: ReturnType<typeof problem>[]) {
  const fleet = { plan: async () => planIdOf(planning(...diagnostics)) } as unknown as Fleet;
  const group = { infrastructureId: newInfrastructureId(), spec: exampleSpec() } as unknown as Group;
  const action = { kind: 'roll', vms: [], because: '' } as const;
  const decision = { state: exampleState(), action } as never;
  const planned = await planAction(fleet, { group, decision }, AbortSignal.timeout(5_000));
  return planned === 'conflict' ? planned : planned.outcome;
}

it('blames the one VM manager that has no room, and not the others', async () => {
  const full = { isSuccess: false, errorCode: 'quota-exceeded' };
  expect(await outcomeOf(problem('RADL411', 'sim'))).toMatchObject({ ...full, cloud: 'sim' });
  for (const several of [
    [problem('RADL411', 'sim'), problem('RADL411', 'local')],
    [problem('RADL411', 'sim'), problem('RADL404')],
    [problem('RADL411')],
  ]) {
    const outcome = await outcomeOf(...several);
    expect(outcome).toMatchObject(full);
    expect(outcome).not.toHaveProperty('cloud');
  }
  expect(await outcomeOf(problem('RADL404', 'sim'))).toMatchObject({ errorCode: 'unsupported' });
});
