import { appendFileSync } from 'node:fs';
import { systemClock } from '@trencadis/clock';
import type { PlanId } from '@trencadis/ids';
import { z } from 'zod';
import type { StepGraph } from '../model.ts';
import { defineStepKind } from '../step-kinds.ts';

const argsSchema = z.object({ name: z.string(), ms: z.number() });

/** A step that takes a while and writes `run <name>`, `done <name>` and `undo <name>` into a file. */
export function traceKind(traceFile: string) {
  const note = (line: string) => appendFileSync(traceFile, `${line}\n`);
  return defineStepKind<object, z.output<typeof argsSchema>>({
    kind: 'trace@1',
    args: argsSchema,
    run: async ({ signal }, { name, ms }) => {
      note(`run ${name}`);
      await systemClock.sleep(ms, signal);
      note(`done ${name}`);
    },
    undo: (_context, { name }) => Promise.resolve(note(`undo ${name}`)),
  });
}

/** Steps in a row; a step is named `<planId>/<its number>`. */
export function traceChain(planId: PlanId, length: number, ms: number): StepGraph {
  const id = (index: number) => `s${index}`;
  const steps = Array.from({ length }, (_, index) => ({
    id: id(index),
    kind: 'trace@1',
    title: `step ${index}`,
    args: { name: `${planId}/${index}`, ms },
    after: index === 0 ? [] : [id(index - 1)],
  }));
  return { planId, steps, onFailure: 'undo' };
}
