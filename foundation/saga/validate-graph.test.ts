import type { PlanId } from '@trencadis/ids';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type PlannedStep, defineStepKind, stepKindsByName, validateGraph } from './index.ts';

const kinds = stepKindsByName<object>([
  defineStepKind<object, { size: number }>({
    kind: 'grow@1',
    args: z.object({ size: z.number() }),
    run: () => Promise.resolve(),
    undo: { because: 'nothing is made' },
  }),
]);
const step = (id: string, after: string[] = [], changes: Partial<PlannedStep> = {}): PlannedStep => ({
  id,
  kind: 'grow@1',
  title: id,
  args: { size: 1 },
  after,
  ...changes,
});
const validate =
  (...steps: PlannedStep[]) =>
  () =>
    validateGraph({ planId: 'plan-aaaaaaaaaaaa' as PlanId, steps, onFailure: 'undo' }, kinds);

describe('validateGraph', () => {
  it('accepts a graph in any order', () => {
    expect(validate(step('b', ['a', 'a']), step('a'))).not.toThrow();
  });

  it.each([
    ['a duplicate id', [step('a'), step('a')], "two steps have the id 'a'"],
    ['an unknown kind', [step('a', [], { kind: 'grow@2' })], "unknown kind 'grow@2'"],
    ['an unknown predecessor', [step('a', ['z'])], "'a' waits for 'z', which is no step"],
    ['bad args', [step('a', [], { args: { size: 'big' } })], "step 'a': args.size:"],
    [
      'a cycle',
      [step('a', ['c']), step('b', ['a']), step('c', ['b']), step('d')],
      "'a', 'b', 'c' wait for each other",
    ],
    ['a step that waits for itself', [step('a', ['a'])], "'a' wait for each other"],
    ['the id that stands for the plan', [step('*')], "'*' cannot be the id"],
  ])('refuses %s', (_what, steps, message) => {
    expect(validate(...steps)).toThrow(message);
  });

  it('tells all problems at once', () => {
    expect(validate(step('a', ['z']), step('a', [], { kind: 'x' }))).toThrow(
      /'a'.*unknown kind.*no step|two steps.*'z'/s,
    );
  });

  it('refuses two kinds of one name', () => {
    const [kind] = [...kinds.values()];
    expect(() => stepKindsByName([kind!, kind!])).toThrow('new version');
  });
});
