import { afterAll, afterEach, beforeAll, describe, expect } from 'vitest';
import { testAddresses } from './testing/address-tests.ts';
import { testDisks } from './testing/disk-tests.ts';
import { testFailures } from './testing/failure-tests.ts';
import { testImages } from './testing/image-tests.ts';
import { testInspection } from './testing/inspection-tests.ts';
import type { VmmOperation } from './driver.ts';
import type { InstanceType } from './model.ts';
import type { VmmHarness } from './testing/harness.ts';
import { testNetworks } from './testing/network-tests.ts';
import { testOffers } from './testing/offer-tests.ts';
import { testPorts } from './testing/port-tests.ts';
import { testPower } from './testing/power-tests.ts';
import { Site, testTypes } from './testing/site.ts';
import { testUpdates } from './testing/update-tests.ts';
import { testNames, testVms } from './testing/vm-tests.ts';

export type { VmmHarness, VmmOperation };

/** The contract of {@link VmmDriver} as tests. After each, `leftovers()` must be empty. */
export function describeVmmDriver(name: string, makeHarness: () => Promise<VmmHarness>): void {
  describe(`${name} is a VM manager's driver`, () => {
    let harness: VmmHarness;
    let site: Site;
    let types: readonly InstanceType[];
    const start = () => {
      site = new Site(harness, types);
      return site;
    };

    beforeAll(async () => {
      harness = await makeHarness();
      types = await testTypes(harness.driver);
    });
    afterEach(async () => {
      await site.sweep();
      expect(await harness.leftovers()).toEqual([]);
    });
    afterAll(() => harness.dispose());

    testVms(start);
    testNames(start);
    testPower(start);
    testNetworks(start);
    testPorts(start);
    testAddresses(start);
    testOffers(start);
    testDisks(start);
    testUpdates(start);
    testImages(start);
    testInspection(start);
    testFailures(start, () => harness);
  });
}
