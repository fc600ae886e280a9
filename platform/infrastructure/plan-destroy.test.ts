import { test as propertyTest } from '@fast-check/vitest';
import fc from 'fast-check';
import { describe, expect } from 'vitest';
import { planDestroy, planRemoval } from './plan-removal.ts';
import { arbitraryDesired, arbitraryObserved, nothingObserved } from './testing/arbitrary-infrastructure.ts';
import { arbitraryOrder } from './testing/arbitrary-order.ts';
import { simulatePlan } from './testing/simulate-plan.ts';

describe('planDestroy', () => {
  propertyTest.prop([arbitraryObserved, arbitraryOrder])(
    'removes all that carries the tag, VMs before what they are attached to',
    (observed, choose) => {
      const [desired] = fc.sample(arbitraryDesired, 1);
      const steps = planDestroy(desired!.id, planRemoval(desired!.id, observed));
      const after = simulatePlan(steps, observed, { desired: desired!, choose });
      expect(after).toEqual({ ...nothingObserved, updates: observed.updates });
    },
  );
});
