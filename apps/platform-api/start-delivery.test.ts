import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@trencadis/clock';
import { openComponentRepository } from '@trencadis/component-repository';
import { brandId, sha256OfText } from '@trencadis/ids';
import { createLog } from '@trencadis/log';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openDelivery } from './start-delivery.ts';

let home: string;
let stop: AbortController;
beforeEach(async () => {
  stop = new AbortController();
  home = await mkdtemp(join(tmpdir(), 'trencadis-delivery-'));
});
afterEach(async () => {
  stop.abort();
  await rm(home, { recursive: true });
});

async function open(deliveryHost: string) {
  const repository = openComponentRepository({ directory: join(home, 'components') });
  const log = createLog({ name: 'delivery', level: 'silent' });
  const components = { trustedComponentKeys: [], requireSignedComponents: false };
  const others = { tokenIssuers: [], reconcileIntervalS: 10, joinsPeers: false };
  const server = { host: '127.0.0.1', port: 0, logLevel: 'error' as const };
  const settings = { ...server, ...components, ...others, home, deliveryHost, deliveryPort: 0 };
  return await openDelivery(settings, { repository, clock: systemClock, log, signal: stop.signal });
}

it('orders a file for one machine, by a name and not an address', async () => {
  const delivery = await open('127.0.0.1');
  const digest = sha256OfText('a');
  const component = { fileName: 'a.conf', version: '1', digest, sizeBytes: 1, description: '' };
  const order = await delivery?.order(component as never, brandId('VmName', 'gt4'));
  const serverName = 'components.trencadis.internal';
  expect(order).toMatchObject({ serverName, path: `/components/${digest}` });
  expect(delivery?.baseUrl).toBe(`https://${serverName}:${order?.port}`);
  expect(await delivery?.grants.verify(order?.token ?? '')).toEqual({ vmName: 'gt4', digest });
});

it('does not listen, nor make a key, when it is off', async () => {
  expect(await open('off')).toBeUndefined();
  expect(await readdir(home)).not.toContain('grants.key');
});
