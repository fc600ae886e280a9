import { afterAll, afterEach, beforeAll, describe, expect } from 'vitest';
import { testBalancers } from './testing/balancer-life-tests.ts';
import type { BalancerHarness } from './testing/balancer-harness.ts';
import { testMembers } from './testing/balancer-member-tests.ts';
import { testBalancerRefusals } from './testing/balancer-refusal-tests.ts';
import { BalancerSite } from './testing/balancer-site.ts';
import { testTraffic } from './testing/balancer-traffic-tests.ts';

export type { BalancerHarness };
export { type Backend, type BackendOptions, pretendBackend, startBackend } from './testing/backend.ts';
export {
  type GroupBehaviourHarness,
  type GroupUnderTest,
  type GroupWish,
  describeGroupBehaviour,
} from './testing/group-behaviour.ts';
export { type BalancerAnswer, type BalancerRequest, sendRequest } from './testing/send-request.ts';

/** The contract of {@link BalancerDriver} as tests. After each, `leftovers()` must be empty. */
export function describeBalancer(name: string, makeHarness: () => Promise<BalancerHarness>): void {
  describe(`${name} balances load`, () => {
    let harness: BalancerHarness;
    let site: BalancerSite;
    const start = () => {
      site = new BalancerSite(harness);
      return site;
    };

    beforeAll(async () => {
      harness = await makeHarness();
    });
    afterEach(async () => {
      await site.sweep();
      expect(await harness.leftovers()).toEqual([]);
    });
    afterAll(async () => {
      await Promise.all(harness.backends.map((backend) => backend.stop()));
      await harness.dispose();
    });

    testBalancers(start);
    testBalancerRefusals(start);
    testMembers(start);
    testTraffic(start);
  });
}
