import type { PlannedStep } from '@trencadis/saga';
import { expect, it } from 'vitest';
import { planKeyServer } from './plan-key-server.ts';
import { simulatePlatform } from './simulated-platform.ts';

/** A plan as a person reads it in a review: what is done, and what it waits for. */
function renderPlan(steps: readonly PlannedStep[]): string {
  const blocks = steps.map(({ id, title, after }) =>
    [id, `  ${title}`, ...after.map((each) => `  after ${each}`)].join('\n'),
  );
  return `${blocks.join('\n\n')}\n`;
}

it('plans Fig. 3 as reviewed', async () => {
  await using platform = await simulatePlatform();
  const plan = renderPlan(await planKeyServer(platform));
  await expect(plan).toMatchFileSnapshot('goldens/key-server.plan.txt');
});
