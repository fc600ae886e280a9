import { newInfrastructureId } from '@trencadis/ids';
import { expect, it } from 'vitest';
import { createServiceTokens, serviceTokenPrefix } from './service-tokens.ts';
import { ManualClock } from './testing/manual-clock.ts';

const key = { infrastructureId: newInfrastructureId(), serviceId: 'front' };
const clock = new ManualClock();
const secret = new Uint8Array(32).fill(7);
const tokens = createServiceTokens({ key: secret, clock });

it('tells whose replicas it is for, until it expires', async () => {
  const { token, expiresAt } = await tokens.issue(key, 2);
  expect(token.startsWith(serviceTokenPrefix)).toBe(true);
  expect(expiresAt.getTime() - clock.now().getTime()).toBe(2 * 86_400_000);
  expect(await tokens.verify(token)).toEqual(key);
  await clock.advance(2 * 86_400_000);
  await expect(tokens.verify(token)).rejects.toMatchObject({ code: 'unauthenticated' });
});

it('is refused under another key, changed, or when it is none', async () => {
  const { token } = await tokens.issue(key, 1);
  const others = createServiceTokens({ key: new Uint8Array(32), clock });
  await expect(others.verify(token)).rejects.toMatchObject({ code: 'unauthenticated' });
  for (const bad of [token.slice(0, -2), `${serviceTokenPrefix}x.y.z`, serviceTokenPrefix, ''])
    await expect(tokens.verify(bad)).rejects.toMatchObject({ code: 'unauthenticated' });
});
