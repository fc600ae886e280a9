import { expect, it } from 'vitest';
import { planKeyServer, renderPlan } from './plan-key-server.ts';
import { simulatePlatform } from './simulated-platform.ts';

it('plans Fig. 3 as reviewed', async () => {
  await using platform = await simulatePlatform();
  const { steps } = await planKeyServer(platform);
  await expect(renderPlan(steps)).toMatchFileSnapshot('goldens/key-server.plan.txt');
});
