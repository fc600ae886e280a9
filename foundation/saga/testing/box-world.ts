import type { PlanId } from '@trencadis/ids';
import { expect } from 'vitest';
import { z } from 'zod';
import type { PlannedStep, StepGraph } from '../model.ts';
import { defineStepKind } from '../step-kinds.ts';
import type { SagaWorld } from './generated-tests.ts';

/** A world of named boxes; a box stands on others, so it can only be removed after what stands on it. */
export interface BoxContext {
  readonly boxes: Map<string, { readonly standsOn: readonly string[]; madeTimes: number }>;
}

const argsSchema = z.object({ name: z.string(), standsOn: z.array(z.string()) });

const createBox = defineStepKind<BoxContext, z.output<typeof argsSchema>>({
  kind: 'create-box@1',
  args: argsSchema,
  run: async ({ boxes, progress }, { name, standsOn }) => {
    progress(`looking for a place for ${name}`);
    await Promise.resolve();
    for (const below of standsOn) if (!boxes.has(below)) throw new Error(`${name} would fall: no ${below}`);
    if (!boxes.has(name)) boxes.set(name, { standsOn, madeTimes: 1 });
  },
  undo: async ({ boxes }, { name }) => {
    await Promise.resolve();
    for (const [above, { standsOn }] of boxes) {
      if (standsOn.includes(name)) throw new Error(`${above} still stands on ${name}`);
    }
    boxes.delete(name);
  },
});

export function boxStep(id: string, after: readonly string[] = []): PlannedStep {
  return { id, kind: createBox.kind, title: `create box ${id}`, args: { name: id, standsOn: after }, after };
}

/** a; b and c on a; d on b and c; e alone; f on d and e. */
export function sixBoxes(planId: string): StepGraph {
  const steps = [
    boxStep('a'),
    boxStep('b', ['a']),
    boxStep('c', ['a']),
    boxStep('d', ['b', 'c']),
    boxStep('e'),
    boxStep('f', ['d', 'e']),
  ];
  return { planId: planId as PlanId, steps, onFailure: 'undo' };
}

export function makeBoxWorld(): SagaWorld<BoxContext> & BoxContext {
  const boxes: BoxContext['boxes'] = new Map();
  return {
    boxes,
    stepKinds: [createBox],
    makeContext: () => ({ boxes }),
    leftovers: () => Promise.resolve([...boxes.keys()]),
    expectDone: () => expect([...boxes.keys()].sort()).toEqual(['a', 'b', 'c', 'd', 'e', 'f']),
  };
}
