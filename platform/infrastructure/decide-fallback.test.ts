import type { StepEvent } from '@trencadis/saga';
import { describe, expect, it } from 'vitest';
import { canFallBack, decideFallback, displacedTarget, isRefusedAgain } from './decide-fallback.ts';
import type { Member, Plan } from './model.ts';
import { desiredFront, exampleInfrastructure, examplePlan, exampleTarget } from './testing/examples.ts';

const infrastructure = exampleInfrastructure('front');
const example = examplePlan(infrastructure, desiredFront(infrastructure));
const other = { vmm: 'second', because: 'its images score 0', isPossible: true };
const plan: Plan = {
  ...example,
  target: exampleTarget({ refusals: [] }),
  placements: [{ systemIds: ['front'], vmm: 'memory', because: 'its images score 1', others: [other] }],
};
const creation = plan.steps.find(({ kind }) => kind === 'create-vm@1')!;

function failure(changes: Partial<StepEvent> = {}): StepEvent {
  const { id: planId } = plan;
  const at = plan.createdAt;
  return {
    sequence: 1,
    planId,
    stepId: creation.id,
    kind: 'failed',
    at,
    errorCode: 'quota-exceeded',
    ...changes,
  };
}

describe('decideFallback', () => {
  it('refuses the VM manager that had no room, where there is another one', () => {
    expect(canFallBack(plan)).toBe(true);
    expect(decideFallback(plan, [failure()])).toEqual(['memory']);
  });

  const not: Readonly<Record<string, readonly [Plan, readonly StepEvent[]]>> = {
    'nothing failed': [plan, []],
    'a VM manager did not answer': [plan, [failure({ errorCode: 'unavailable' })]],
    'what was configured had no room': [plan, [failure({ stepId: plan.steps.at(-1)!.id })]],
    'somebody called it off': [plan, [failure(), failure({ kind: 'cancel-requested', stepId: '*' })]],
    'it was refused before': [{ ...plan, target: exampleTarget({ refusals: ['memory'] }) }, [failure()]],
    'the other one refused before': [
      { ...plan, target: exampleTarget({ refusals: ['second'] }) },
      [failure()],
    ],
    'the other one is impossible': [
      { ...plan, placements: [{ ...plan.placements[0]!, others: [{ ...other, isPossible: false }] }] },
      [failure()],
    ],
    'VMs were altered': [{ ...plan, kind: 'alter' }, [failure()]],
  };
  for (const [why, [failed, events]] of Object.entries(not)) {
    it(`is nothing where ${why}`, () => {
      expect(decideFallback(failed, events)).toBeUndefined();
    });
  }
});

describe('displacedTarget', () => {
  const member = (number: number, changes: Partial<Member> = {}): Member => ({
    systemId: 'front',
    number,
    ordinal: number,
    vmm: 'memory',
    ...changes,
  });

  it('frees those that are not where there was no room, and keeps all others', () => {
    const kept = [
      member(1),
      member(2, { vmm: 'second' }),
      member(3, { isStopped: true }),
      member(4, { alteration: { cpuCount: 2 } }),
    ];
    const members = [...kept, member(5)];
    const target = displacedTarget(
      { ...infrastructure, members, nextOrdinal: 6 },
      ['memory'],
      ({ number }) => number === 1,
    );
    expect(target).toMatchObject({ members: kept, refusals: ['memory'], nextOrdinal: 6 });
  });
});

it('isRefusedAgain tells a plan that makes something where there was no room', () => {
  expect(isRefusedAgain(plan, ['memory'])).toBe(true);
  expect(isRefusedAgain(plan, ['second'])).toBe(false);
});
