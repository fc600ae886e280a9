import type { Finding, PolicyState, ScalingPolicy } from '../model.ts';

/** What one policy says at one evaluation. */
export interface Verdict {
  readonly policy: ScalingPolicy;
  readonly state: PolicyState;
  /** Desired replicas by what is measured now, before the policy's own waiting times; absent: it asks for no change. */
  readonly leaning?: number;
  /** The same once nothing of its own makes it wait. */
  readonly wish?: number;
  /** It has a say in whether replicas are taken (AS-09). */
  readonly scalesIn: boolean;
  readonly finding: Finding;
}
