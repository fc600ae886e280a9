import type { Clock } from '@trencadis/clock';
import { type Prepared, prepareJson } from '@trencadis/http';
import type { InfrastructureId } from '@trencadis/ids';
import { statusSchema } from './api-schemas.ts';
import type { Infrastructure, InfrastructureStatus } from './model.ts';
import type { InfrastructureService } from './service.ts';
import { statusView } from './views.ts';

export interface KnownStatus {
  readonly infrastructure: Infrastructure;
  readonly status: InfrastructureStatus;
  /** As the API sends it. */
  readonly answer: Prepared;
}

interface Entry {
  readonly known: Promise<KnownStatus>;
  readonly until: number;
}

const maxAgeMs = 1_000;
const maxEntries = 1_000;

/**
 * What was observed last of each infrastructure, for a second: many who ask at once cost one observation. Who must
 * know what is true now asks `fresh`.
 */
export class StatusCache {
  readonly #service: Pick<InfrastructureService, 'get' | 'describe'>;
  readonly #clock: Clock;
  readonly #entries = new Map<InfrastructureId, Entry>();

  constructor(service: Pick<InfrastructureService, 'get' | 'describe'>, clock: Clock) {
    this.#service = service;
    this.#clock = clock;
  }

  async get(
    id: InfrastructureId,
    { fresh = false }: { readonly fresh?: boolean } = {},
  ): Promise<KnownStatus> {
    const now = this.#clock.now().getTime();
    const entry = this.#entries.get(id);
    if (entry !== undefined && !fresh && now < entry.until) return entry.known;
    const known = this.#observe(id);
    this.#keep(id, { known, until: now + maxAgeMs });
    return known;
  }

  /** Something was done to it. */
  forget(id: InfrastructureId): void {
    this.#entries.delete(id);
  }

  #keep(id: InfrastructureId, entry: Entry): void {
    this.#entries.delete(id);
    this.#entries.set(id, entry);
    // A failure is told to those who wait for it, and tried again by the next.
    entry.known.catch(() => this.forget(id));
    const [oldest] = this.#entries.keys();
    if (this.#entries.size > maxEntries && oldest !== undefined) this.#entries.delete(oldest);
  }

  /** Not bound to one caller's connection: others wait for it too. */
  async #observe(id: InfrastructureId): Promise<KnownStatus> {
    const infrastructure = await this.#service.get(id);
    const status = await this.#service.describe(infrastructure, AbortSignal.timeout(observationTimeoutMs));
    return { infrastructure, status, answer: prepareJson(statusSchema, statusView(infrastructure, status)) };
  }
}

const observationTimeoutMs = 60_000;
