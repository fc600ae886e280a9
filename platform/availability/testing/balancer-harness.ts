import type { Balancer, BalancerDriver, MemberPlace } from '../balancer.ts';
import type { Backend } from './backend.ts';
import type { BalancerAnswer, BalancerRequest } from './send-request.ts';

/** One product with what stands around a balancer of it: replicas behind it and clients before it. */
export interface BalancerHarness {
  readonly driver: BalancerDriver;
  /** Goes into every spec; needed where the product's balancers stand in networks of a VM manager. */
  readonly networks?: readonly string[];
  /** At which a test may listen, three at least; of no other use meanwhile. */
  readonly ports: readonly number[];
  /** Three at least, all up. Where the product has no data path, {@link pretendBackend}. */
  readonly backends: readonly Backend[];
  /**
   * Who says that a member is healthy. `checks`: the product looks for itself. `assumed`: it takes every member for
   * healthy at once and for ever, as Amazon's API does without Amazon behind it. Otherwise nobody looks, and the suite
   * tells what a look would have found.
   */
  readonly health: 'checks' | 'assumed' | ((place: MemberPlace, isHealthy: boolean) => Promise<void>);
  /** What a client sends to the balancer. Absent: there is no data path, and only states are looked at. */
  readonly send?: (balancer: Balancer, request: BalancerRequest) => Promise<BalancerAnswer>;
  /** How long a state may take to be as expected beyond what the checks themselves take; 20 s. */
  readonly settleMs?: number;
  /** The name of everything that still exists because of this driver; looked up past the driver. */
  leftovers(): Promise<readonly string[]>;
  dispose(): Promise<void>;
}
