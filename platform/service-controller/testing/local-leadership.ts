import type { Clock } from '@trencadis/clock';
import type { ControlMessage } from '../control-message.ts';
import type { Leadership, LeadingWork } from '../leadership.ts';

/** The one place that processes of a test compete for. */
export class Office {
  holder: object | undefined;
  work: LeadingWork | undefined;
}

export interface LocalLeadershipOptions {
  readonly clock: Clock;
  readonly office?: Office;
}

/** Leads as soon as nobody else of the office does; looks each second. */
export class LocalLeadership implements Leadership {
  readonly #clock: Clock;
  readonly #office: Office;

  constructor({ clock, office = new Office() }: LocalLeadershipOptions) {
    this.#clock = clock;
    this.#office = office;
  }

  async run(work: LeadingWork, closing: AbortSignal): Promise<void> {
    while (!closing.aborted) {
      if (this.#office.holder === undefined) await this.#lead(work, closing);
      await this.#clock.sleep(1_000, closing).catch((error: unknown) => {
        if (!closing.aborted) throw error;
      });
    }
  }

  async #lead(work: LeadingWork, closing: AbortSignal): Promise<void> {
    this.#office.holder = this;
    this.#office.work = work;
    try {
      await work.lead(closing);
    } finally {
      this.resign();
    }
  }

  /** As a database frees the lock of a process that died. */
  resign(): void {
    if (this.#office.holder !== this) return;
    this.#office.holder = undefined;
    this.#office.work = undefined;
  }

  async tell(message: ControlMessage): Promise<void> {
    this.#office.work?.onMessage(message);
  }
}
