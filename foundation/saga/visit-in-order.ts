import { SagaHalted } from './journal.ts';
import type { PlannedStep } from './model.ts';

export interface VisitOptions {
  readonly steps: readonly PlannedStep[];
  /** The ids of the steps to be visited before; those not among `steps` do not count. */
  readonly after: (step: PlannedStep) => readonly string[];
  /** How many visits go on at the same time. */
  readonly width: number;
  /** `isFree`: all before it went well. Answers whether this one did. */
  readonly visit: (step: PlannedStep, isFree: boolean) => Promise<boolean>;
}

/**
 * Visits every step once, each after all that it comes after. When a visit throws no other begins, and those under way
 * end before this fails, so that nothing goes on behind the caller's back.
 */
export async function visitInOrder(options: VisitOptions): Promise<void> {
  const visits = new Visits(options);
  await visits.finish();
}

interface Waiting {
  readonly step: PlannedStep;
  readonly followers: Waiting[];
  missing: number;
  isFree: boolean;
}

class Visits {
  readonly #options: VisitOptions;
  readonly #ready: Waiting[];
  readonly #end = Promise.withResolvers<void>();
  readonly #errors: unknown[] = [];
  #next = 0;
  #running = 0;

  constructor(options: VisitOptions) {
    this.#options = options;
    this.#ready = linked(options).filter(({ missing }) => missing === 0);
  }

  finish(): Promise<void> {
    this.#advance();
    return this.#end.promise;
  }

  #advance(): void {
    while (this.#errors.length === 0 && this.#running < this.#options.width) {
      const next = this.#ready[this.#next];
      if (next === undefined) break;
      this.#next += 1;
      this.#running += 1;
      void this.#visit(next);
    }
    if (this.#running > 0) return;
    // A halt is how the others end when something worse happened to one.
    const error = this.#errors.find((each) => !(each instanceof SagaHalted)) ?? this.#errors[0];
    if (error === undefined) this.#end.resolve();
    else this.#end.reject(error);
  }

  async #visit({ step, isFree, followers }: Waiting): Promise<void> {
    try {
      const isWell = await this.#options.visit(step, isFree);
      for (const follower of followers) {
        if (!isWell) follower.isFree = false;
        follower.missing -= 1;
        if (follower.missing === 0) this.#ready.push(follower);
      }
    } catch (error) {
      this.#errors.push(error);
    }
    this.#running -= 1;
    this.#advance();
  }
}

function linked({ steps, after }: VisitOptions): readonly Waiting[] {
  const all = new Map(
    steps.map((step): [string, Waiting] => [step.id, { step, followers: [], missing: 0, isFree: true }]),
  );
  for (const waiting of all.values()) {
    for (const id of new Set(after(waiting.step))) {
      const before = all.get(id);
      if (before === undefined) continue;
      before.followers.push(waiting);
      waiting.missing += 1;
    }
  }
  return [...all.values()];
}
