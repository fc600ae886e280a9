import { expect, it } from 'vitest';
import { type StartSite, codeOf, signal } from './site.ts';

const consoleLimitBytes = 64 * 1024;
const userData = '#cloud-config\nfqdn: named.example\n';

export function testInspection(start: StartSite): void {
  it("reads the end of a VM's console, of a stopped one too", async () => {
    const site = start();
    const { spec } = await site.started('talker');
    const text = await site.driver.readConsole(spec.name, signal);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(consoleLimitBytes);
    if (site.driver.capabilities.power) await site.driver.stopVm(spec.name, signal);
    expect(typeof (await site.driver.readConsole(spec.name, signal))).toBe('string');
    expect(await codeOf(site.driver.readConsole(site.vmName('absent'), signal))).toBe('not-found');
  });

  it('tells a quota that counts what is made', async () => {
    const site = start();
    const before = await site.driver.quota(signal);
    const { spec } = await site.started('counted');
    const after = await site.driver.quota(signal);
    expect(Object.keys(after)).toEqual(Object.keys(before));
    const grown = { vms: 1, cpuCount: spec.cpuCount, memoryMiB: spec.memoryMiB } as const;
    for (const unit of ['vms', 'cpuCount', 'memoryMiB'] as const) {
      const [earlier, later] = [before[unit], after[unit]];
      if (earlier === undefined || later === undefined) continue;
      expect(later).toEqual({ used: earlier.used + grown[unit], limit: earlier.limit });
    }
    for (const use of Object.values(after)) expect(use.used).toBeLessThanOrEqual(use.limit);
  });

  it('takes user data, or says that it cannot and leaves nothing', async () => {
    const site = start();
    const spec = site.vm('named', { userData });
    const outcome = await codeOf(site.driver.createVm(spec, signal));
    // An image without cloud-init can take none.
    const possible = site.driver.capabilities.userData ? ['succeeded', 'unsupported'] : ['unsupported'];
    expect(possible).toContain(outcome);
    if (outcome === 'succeeded') await site.running(spec.name);
    expect(await site.driver.listVms(site.tag, signal)).toHaveLength(outcome === 'succeeded' ? 1 : 0);
  });
}
