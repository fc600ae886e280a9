import type { InfrastructureId, PlanId } from '@trencadis/ids';

/** An infrastructure that one reconciler looks at, and until when no other one does. */
export interface AttentionClaim {
  readonly id: InfrastructureId;
  readonly until: Date;
}

/** When the reconciler looks at which infrastructure, and what it made of plans that found no room. */
export interface AttentionStore {
  /** It is looked at then, or earlier where that was so already. */
  requestAttention(id: InfrastructureId, at: Date): Promise<void>;
  /** Up to `limit` that are due, the longest waiting first; no other process gets them before `now` + `leaseMs`. */
  claimDue(now: Date, leaseMs: number, limit: number): Promise<readonly AttentionClaim[]>;
  /** After the look: the time of the next; `undefined`: none. Changes nothing where one was requested meanwhile. */
  settleAttention(claim: AttentionClaim, next: Date | undefined): Promise<void>;

  /** What a plan that found no room went on as; `none`: it was looked at, and there is no other place. */
  setContinuation(id: PlanId, next: Continuation): Promise<void>;
  findContinuation(id: PlanId): Promise<Continuation | undefined>;
}

export type Continuation = PlanId | 'none';
