import { pollUntil, systemClock } from '@trencadis/clock';
import { expect } from 'vitest';
import type { SimulatedService } from './simulated-service.ts';

/** Everything that Fig. 3 makes at the site. */
export const wholeSite = ['network', 'network', 'vm', 'vm'];

export function kindsAtSite({ platform }: SimulatedService): readonly string[] {
  const kinds = platform.site.leftovers().map((each) => each.split(':')[0] ?? '');
  return kinds.toSorted((one, other) => one.localeCompare(other));
}

export function vmNames({ platform }: SimulatedService) {
  return [...platform.site.vms.keys()];
}

/** Polls; fails after 10 s. */
export async function whenTrue(what: () => boolean): Promise<void> {
  const isTrue = await pollUntil(async () => (what() ? true : undefined), {
    clock: systemClock,
    everyMs: 5,
    deadlineMs: 10_000,
  });
  expect(isTrue).toBe(true);
}

/** For `toMatchObject` on what a refused call threw. */
export function refusedWith(code: string) {
  return { name: 'PlatformError', code };
}
