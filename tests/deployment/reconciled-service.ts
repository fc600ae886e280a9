import { type Clock, systemClock } from '@trencadis/clock';
import {
  type AuditedAct,
  type Plan,
  type Reconciler,
  type ReconcilerParts,
  createReconciler,
} from '@trencadis/infrastructure';
import type { SimulationOptions } from './simulated-platform.ts';
import { keyServerDocument } from './simulated-platform.ts';
import { SimulatedService } from './simulated-service.ts';

/** The paper's Key Server, whose two systems the platform repairs. */
export const repairedDocument = keyServerDocument.replaceAll(
  /^system (\S+) \(\n/gm,
  "system $1 (\n  repair = 'yes' and\n",
);

/** The host's clock, that can be put forward. */
export class ForwardClock implements Clock {
  #aheadMs = 0;

  now(): Date {
    return new Date(systemClock.now().getTime() + this.#aheadMs);
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return systemClock.sleep(ms, signal);
  }

  forward(ms: number): void {
    this.#aheadMs += ms;
  }
}

/** The simulated service with a reconciler that looks when it is told to. */
export class ReconciledService implements AsyncDisposable {
  readonly clock: ForwardClock;
  readonly simulated: SimulatedService;
  readonly acts: AuditedAct[] = [];
  readonly warnings: string[] = [];
  readonly reconciler: Reconciler;

  private constructor(clock: ForwardClock, simulated: SimulatedService) {
    this.clock = clock;
    this.simulated = simulated;
    this.reconciler = this.another();
  }

  static async start(options: SimulationOptions = {}): Promise<ReconciledService> {
    const clock = new ForwardClock();
    return new ReconciledService(clock, await SimulatedService.start({ clock, ...options }));
  }

  /** As another process of the platform has it. */
  another(): Reconciler {
    const { platform, sagas } = this.simulated;
    const parts: ReconcilerParts = {
      world: platform.world,
      images: platform.images,
      sagas,
      audit: { write: async (act) => void this.acts.push(act) },
      log: { info: () => undefined, warn: (_fields, message) => void this.warnings.push(message) },
    };
    return createReconciler(parts);
  }

  async deploy(radl: string): Promise<Plan> {
    const plan = await this.simulated.plan(radl);
    await this.simulated.apply(plan);
    await this.simulated.wait(plan);
    return plan;
  }

  /** Looks at what is due so much later, and waits for the plans that begin. Answers those, oldest first. */
  async lookAfter(ms: number, { infrastructureId }: Plan): Promise<readonly Plan[]> {
    const before = await this.#activePlanId(infrastructureId);
    this.clock.forward(ms);
    await this.reconciler.look();
    const after = await this.#activePlanId(infrastructureId);
    if (after === undefined || after === before) return [];
    const plan = await this.simulated.service.getPlan(after);
    await this.simulated.wait(plan);
    return [plan];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.reconciler.close();
    await this.simulated[Symbol.asyncDispose]();
  }

  async #activePlanId(id: Plan['infrastructureId']): Promise<Plan['id'] | undefined> {
    return (await this.simulated.service.get(id)).activePlanId;
  }
}
