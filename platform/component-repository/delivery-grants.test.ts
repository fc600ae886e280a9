import { createHmacTokens } from '@trencadis/access';
import type { Clock } from '@trencadis/clock';
import { brandId, sha256OfText } from '@trencadis/ids';
import { beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createDeliveryGrants } from './delivery-grants.ts';

const key = Buffer.alloc(32, 7);
const start = new Date('2026-11-23T12:00:00Z');
let now = start;
const clock: Clock = { now: () => now, sleep: async () => {} };
const grant = { vmName: brandId('VmName', 'gt4'), digest: sha256OfText('a') };
const grants = createDeliveryGrants({ key, clock });
beforeEach(() => {
  now = start;
});

describe('a grant', () => {
  it('is for one machine and one file', async () => {
    const { token } = await grants.issue(grant);
    expect(await grants.verify(token)).toEqual(grant);
  });

  it('is good for five minutes', async () => {
    const { token, lifetimeSeconds } = await grants.issue(grant);
    expect(lifetimeSeconds).toBe(300);
    now = new Date(start.getTime() + 299_999);
    expect(await grants.verify(token)).toEqual(grant);
    now = new Date(start.getTime() + 300_000);
    await expect(grants.verify(token)).rejects.toMatchObject({ code: 'unauthenticated' });
  });
});

describe('no grant is a token', () => {
  const issuer = (audience = 'trencadis-component-delivery', of = key) =>
    createHmacTokens({ key: of, clock, audience, claims: z.looseObject({}), refusal: '' });
  const good = { sub: 'gt4', digest: grant.digest };

  it('the token that would be one is good otherwise', async () => {
    const { token } = await issuer().issue(good, 60);
    expect(await grants.verify(token)).toEqual(grant);
  });

  it.each([
    ['under another key', issuer(undefined, Buffer.alloc(32, 8)), good],
    ['for something else', issuer('key-server'), good],
    ['for what is no digest', issuer(), { ...good, digest: '../../etc/passwd' }],
    ['for what is no machine', issuer(), { ...good, sub: 'gt4; reboot' }],
    ['without a digest', issuer(), { sub: 'gt4' }],
  ])('%s', async (_what, others, claims) => {
    const { token } = await others.issue(claims, 60);
    await expect(grants.verify(token)).rejects.toMatchObject({ code: 'unauthenticated' });
  });
});
