import { expect, it } from 'vitest';
import { BadInputPlatform, machines } from '../bad-input/bad-input-platform.ts';
import { bundleOf, passphrase } from './valid-requests.ts';

const bringIn = (platform: BadInputPlatform, bundle: unknown, as: 'ana' | 'bob') =>
  platform.call('POST', '/api/infrastructures/import', { body: { bundle, passphrase }, as });

it('reaches no machines at clouds of others, nor tells of these', async () => {
  await using platform = await BadInputPlatform.start();
  const body = { product: 'simulated', endpoint: 'http://127.0.0.1:1', credentials: { token: 'x' } };
  expect((await platform.call('PUT', '/api/clouds/lab', { body })).status).toBe(200);
  const member = { systemId: 'node', number: 1, ordinal: 0, vmm: 'ana~lab' };
  const refused = [bundleOf(['ana~lab']), { ...bundleOf(['memory']), members: [member] }];
  for (const bundle of refused) {
    expect(await bringIn(platform, bundle, 'bob')).toMatchObject({
      status: 409,
      body: { code: 'conflict', subject: 'ana~lab' },
    });
  }
  const missing = await bringIn(platform, bundleOf(['ana~gone']), 'bob');
  const known = await bringIn(platform, bundleOf(['ana~lab']), 'bob');
  const detailOf = ({ body: problem }: typeof known) => (problem as { detail: string }).detail;
  expect(detailOf(missing).replace('gone', 'lab')).toBe(detailOf(known));
  expect((await bringIn(platform, bundleOf(['ana~lab']), 'ana')).status).toBe(201);
});

async function exported(): Promise<{ readonly id: string; readonly bundle: unknown }> {
  await using platform = await BadInputPlatform.start();
  const { id } = await platform.deploy(machines());
  const path = `/api/infrastructures/${id}/export`;
  const { body: bundle } = await platform.call('POST', path, { body: { passphrase } });
  return { id, bundle };
}

it('takes up what was exported elsewhere, once, and only with its passphrase', async () => {
  const { id, bundle } = await exported();
  await using platform = await BadInputPlatform.start();
  const body = { bundle, passphrase: 'another passphrase' };
  expect((await platform.call('POST', '/api/infrastructures/import', { body })).status).toBe(403);
  expect(await bringIn(platform, bundle, 'bob')).toMatchObject({ status: 201, body: { id, owner: 'bob' } });
  expect((await bringIn(platform, bundle, 'ana')).status).toBe(409);
});
