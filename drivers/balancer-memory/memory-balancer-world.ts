import type { BalancerSpec, MemberPlace } from '@trencadis/availability';
import { type ErrorCode, PlatformError } from '@trencadis/errors';
import type { VmName } from '@trencadis/ids';
import type { CheckedHealth, MemoryMember } from './member-checks.ts';

export type BalancerOperation =
  | 'applyBalancer'
  | 'describeBalancer'
  | 'listBalancers'
  | 'deleteBalancer'
  | 'addMember'
  | 'drainMember'
  | 'removeMember';

export interface MemoryBalancer {
  spec: BalancerSpec;
  /** By pool and name. */
  readonly members: Map<string, MemoryMember>;
}

interface PlannedFailure {
  readonly code: ErrorCode;
  readonly isAfter: boolean;
}

export function memberKey({ pool, name }: Pick<MemberPlace, 'pool' | 'name'>): string {
  return `${pool} ${name}`;
}

/**
 * What simulated balancers keep, and the replicas behind them. It outlives the drivers on top of it, as a load balancer
 * outlives the platform's process.
 */
export class MemoryBalancerWorld {
  readonly balancers = new Map<string, MemoryBalancer>();
  readonly #now: () => number;
  readonly #health = new Map<VmName, CheckedHealth>();
  readonly #sessions = new Map<VmName, number>();
  readonly #planned = new Map<BalancerOperation, PlannedFailure[]>();
  readonly #calls = new Map<BalancerOperation, number>();

  /** `clock`: that of the drivers. */
  constructor({ clock }: { readonly clock: { now(): Date } }) {
    this.#now = () => clock.now().getTime();
  }

  /** From now on the replica's checks pass, or fail. Until told, they pass. */
  setHealthy(name: VmName, isHealthy: boolean): void {
    if (this.healthOf(name).isHealthy === isHealthy) return;
    this.#health.set(name, { isHealthy, since: this.#now() });
  }

  healthOf(name: VmName): CheckedHealth {
    return this.#health.get(name) ?? { isHealthy: true, since: 0 };
  }

  /** So many requests are open at the replica, whatever its state. */
  setSessions(name: VmName, count: number): void {
    this.#sessions.set(name, count);
  }

  sessionsOf(name: VmName): number {
    return this.#sessions.get(name) ?? 0;
  }

  /** So many requests more that the member was sent, of which some failed. Absent: nothing. */
  addRequests({ balancer, ...place }: MemberPlace, count: number, errors = 0): void {
    const member = this.balancers.get(balancer)?.members.get(memberKey(place));
    if (member === undefined) return;
    member.requests += count;
    member.errors += errors;
  }

  /** The next `times` calls of `operation` fail with `code` and do nothing. */
  failNext(operation: BalancerOperation, code: ErrorCode, times = 1): void {
    this.#plan(operation, { code, isAfter: false }, times);
  }

  /** The next `times` calls of `operation` do their work, then fail with `code`: one that timed out may have acted. */
  failAfter(operation: BalancerOperation, code: ErrorCode, times = 1): void {
    this.#plan(operation, { code, isAfter: true }, times);
  }

  /** How often `operation` was called, failed calls too. */
  calls(operation: BalancerOperation): number {
    return this.#calls.get(operation) ?? 0;
  }

  /** Everything that exists, as `balancer:a`, `member:a/pool/b`. */
  leftovers(): readonly string[] {
    return [...this.balancers].flatMap(([balancer, { members }]) => [
      `balancer:${balancer}`,
      ...[...members.values()].map(({ spec: { pool, name } }) => `member:${balancer}/${pool}/${name}`),
    ]);
  }

  /** For drivers: runs `act` as a call of `operation`, counted, and failing when that was asked for. */
  carryOut<Result>(operation: BalancerOperation, act: () => Result): Result {
    this.#calls.set(operation, this.calls(operation) + 1);
    const failure = this.#planned.get(operation)?.shift();
    if (failure === undefined) return act();
    if (failure.isAfter) act();
    throw new PlatformError(failure.code, `The simulated balancer was told to fail ${operation}.`, {
      subject: operation,
    });
  }

  #plan(operation: BalancerOperation, failure: PlannedFailure, times: number): void {
    const queue = this.#planned.get(operation) ?? [];
    for (let i = 0; i < times; i++) queue.push(failure);
    this.#planned.set(operation, queue);
  }
}
