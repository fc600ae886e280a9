import { z } from 'zod';
import { defineStepKind } from '../step-kinds.ts';

/** A step that costs nothing of its own. */
export const doNothing = defineStepKind<object, { name: string }>({
  kind: 'do-nothing@1',
  args: z.object({ name: z.string() }),
  run: () => Promise.resolve(),
  undo: { because: 'nothing was done' },
});
