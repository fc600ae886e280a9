import { PlatformError } from '@trencadis/errors';
import { newPlanId } from '@trencadis/ids';
import { describe, expect, it } from 'vitest';
import type { Plan } from './model.ts';
import { planHandlers } from './plan-routes.ts';
import type { InfrastructureHandlersParts } from './routes.ts';
import { exampleInfrastructure } from './testing/examples.ts';

const infrastructure = exampleInfrastructure('front');
const id = newPlanId();
const step = { id: 'a', kind: 'barrier@1', title: 'a', args: {}, after: [] };

/** The handlers over one plan whose saga nobody has begun. */
function handlersOf(steps: Plan['steps']) {
  const unknown = async () => {
    throw new PlatformError('not-found', `There is no plan ${id}.`);
  };
  const parts = {
    service: {
      getPlan: async () => ({ id, infrastructureId: infrastructure.id, steps }),
      get: async () => infrastructure,
    },
    sagas: { status: unknown, requestCancel: unknown, resume: unknown },
  };
  return planHandlers(parts as unknown as InfrastructureHandlersParts);
}

describe.each([
  ['without steps', [], 'has no steps'],
  ['that was not applied', [step], 'was not applied'],
] as const)('a plan %s', (_, steps, why) => {
  it.each(['cancel', 'resume'] as const)('is there, but cannot %s: nothing of it runs', async (act) => {
    const caller = { owner: infrastructure.owner, groups: [], isAdmin: false };
    const request = { params: { planId: id }, body: { mode: 'undo' }, caller };
    await expect(handlersOf(steps)[act](request as never)).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining(why) as string,
    });
  });
});
