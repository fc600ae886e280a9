import { systemClock } from '@trencadis/clock';
import { afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { type Admin, openAdmin } from './testing/admin.ts';
import { TroubleLab } from './testing/trouble-lab.ts';

const signal = new AbortController().signal;
const { endpoint, credentials, image } = inject('openstack');
let admin: Admin;

/** Called off after that time; whether it had ended before does not matter. */
async function cutOff(work: (cut: AbortSignal) => Promise<unknown>, afterMs: number): Promise<void> {
  const abort = new AbortController();
  const working = work(abort.signal).catch((error: unknown) => {
    if (!abort.signal.aborted) throw error;
  });
  await systemClock.sleep(afterMs);
  abort.abort(new Error('called off'));
  await working;
}

describe('what is cut off in the making', () => {
  beforeAll(async () => {
    admin = await openAdmin(endpoint);
  });
  afterEach(() => admin.expectNothingLeft());

  it.each([50, 200, 500, 1000, 2000, 4000])(
    'is a VM that is found and removed, %i ms on',
    async (afterMs) => {
      const lab = new TroubleLab({ endpoint, credentials, image });
      await lab.createNetwork('public');
      await cutOff((cut) => lab.driver.createVm(lab.onNetwork(), cut), afterMs);
      const seen = await lab.driver.listVms(lab.tag, signal);
      expect(seen.every(({ name, image: made }) => name === lab.vm && made.location === image.location)).toBe(
        true,
      );
      await lab.driver.deleteVm(lab.vm, signal);
      expect(await lab.driver.listVms(lab.tag, signal)).toEqual([]);
      await lab.driver.networks.deleteNetwork(lab.network, signal);
    },
  );

  it.each([100, 400, 900, 1800])('is a VM that is finished, %i ms on', async (afterMs) => {
    const lab = new TroubleLab({ endpoint, credentials, image });
    await lab.createNetwork('public');
    await cutOff((cut) => lab.driver.createVm(lab.onNetwork(), cut), afterMs);
    const { addresses, hostKeys } = await lab.driver.createVm(lab.onNetwork(), signal);
    expect(addresses[0]?.publicAddress).toMatch(/^203\.0\.113\./);
    expect(hostKeys).toHaveLength(1);
    await lab.sweep();
  });

  it.each([50, 150, 400, 800, 1500])(
    'is a network that is finished, or removed, %i ms on',
    async (afterMs) => {
      const lab = new TroubleLab({ endpoint, credentials, image });
      const { network: name, tag } = lab;
      const openPorts = [{ protocol: 'tcp', from: 443, to: 443 }] as const;
      const spec = { name, tag, kind: 'public', openPorts } as const;
      await cutOff((cut) => lab.driver.networks.createNetwork(spec, cut), afterMs);
      expect(await lab.driver.networks.createNetwork(spec, signal)).toMatchObject(spec);
      await lab.driver.networks.deleteNetwork(name, signal);
      await cutOff((cut) => lab.driver.networks.createNetwork(spec, cut), afterMs);
      await lab.driver.networks.deleteNetwork(name, signal);
    },
  );
});
