import { describe } from 'vitest';
import { makeBoxWorld, sixBoxes } from './box-world.ts';
import { itResumesAfterEveryLogWrite, itUnwindsFromEveryStep } from './index.ts';

describe('six boxes', () => {
  itUnwindsFromEveryStep(sixBoxes('plan-boxesboxesbo'), makeBoxWorld);
  itResumesAfterEveryLogWrite(sixBoxes('plan-boxesboxesbo'), makeBoxWorld);
});
