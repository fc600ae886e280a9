import { systemClock } from '@trencadis/clock';
import { isPlatformError } from '@trencadis/errors';
import { expect, it } from 'vitest';
import type { VmmHarness } from './harness.ts';
import { type StartSite, codeOf, signal } from './site.ts';

export function testFailures(start: StartSite, harness: () => VmmHarness): void {
  it.each([0, 1, 20, 100, 300])('can be aborted %i ms into a creation, and cleaned up', async (afterMs) => {
    const site = start();
    const spec = site.vm('aborted');
    const abort = new AbortController();
    const creation = site.driver.createVm(spec, abort.signal).then(
      () => 'created',
      (error: unknown) =>
        abort.signal.aborted || isPlatformError(error) ? 'aborted' : Promise.reject(error),
    );
    await systemClock.sleep(afterMs);
    abort.abort();
    const outcome = await creation;
    const listed = await site.driver.listVms(site.tag, signal);
    expect(outcome === 'aborted' || listed.length === 1).toBe(true);
    await site.driver.deleteVm(spec.name, signal);
    expect(await site.driver.describeVm(spec.name, signal)).toBeUndefined();
  });

  it('finishes on the second call a creation that was aborted in the first', async () => {
    const site = start();
    const spec = site.vm('resumed');
    const abort = new AbortController();
    const first = codeOf(site.driver.createVm(spec, abort.signal)).catch(() => 'aborted');
    await systemClock.sleep(30);
    abort.abort();
    await first;
    await site.driver.createVm(spec, signal);
    expect((await site.running(spec.name)).hostKeys.length).toBeGreaterThan(0);
  });

  it('does nothing under a signal that is aborted already', async () => {
    const site = start();
    const aborted = AbortSignal.abort(new Error('called off'));
    await expect(site.driver.createVm(site.vm('never'), aborted)).rejects.toThrow('called off');
    expect(await site.driver.listVms(site.tag, signal)).toEqual([]);
    const { spec } = await site.started('kept');
    await expect(site.driver.deleteVm(spec.name, aborted)).rejects.toThrow('called off');
    expect(await site.driver.listVms(site.tag, signal)).toHaveLength(1);
  });

  it('sees that a VM was deleted behind its back, and goes on', async () => {
    const site = start();
    const { removeBehind } = harness();
    if (removeBehind === undefined) return;
    const { spec } = await site.started('stolen');
    await removeBehind(spec.name);
    expect(await site.driver.describeVm(spec.name, signal)).toBeUndefined();
    expect(await site.driver.listVms(site.tag, signal)).toEqual([]);
    await site.driver.deleteVm(spec.name, signal);
    await site.driver.createVm(spec, signal);
    await site.running(spec.name);
  });

  it('reports a failure of the manager under its code, and works again afterwards', async () => {
    const site = start();
    const { failNext } = harness();
    if (failNext === undefined) return;
    const spec = site.vm('unlucky');
    failNext('createVm', 'unavailable');
    expect(await codeOf(site.driver.createVm(spec, signal))).toBe('unavailable');
    await site.driver.createVm(spec, signal);
    failNext('deleteVm', 'quota-exceeded');
    expect(await codeOf(site.driver.deleteVm(spec.name, signal))).toBe('quota-exceeded');
    expect(await site.driver.listVms(site.tag, signal)).toHaveLength(1);
  });
}
