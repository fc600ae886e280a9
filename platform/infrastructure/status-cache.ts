import type { Clock } from '@trencadis/clock';
import { type Prepared, prepareJson } from '@trencadis/http';
import type { InfrastructureId } from '@trencadis/ids';
import { statusSchema } from './api-schemas.ts';
import type { Infrastructure, InfrastructureStatus, VmStatusView } from './model.ts';
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
    const known = this.#observe(id, entry?.known);
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
  async #observe(id: InfrastructureId, before: Entry['known'] | undefined): Promise<KnownStatus> {
    const infrastructure = await this.#service.get(id);
    const seen = await this.#service.describe(infrastructure, AbortSignal.timeout(observationTimeoutMs));
    const status = isAnyUnknown(seen) ? withAddresses(seen, await statusOrNone(before)) : seen;
    return { infrastructure, status, answer: prepareJson(statusSchema, statusView(infrastructure, status)) };
  }
}

const observationTimeoutMs = 60_000;

function isAnyUnknown({ vms }: InfrastructureStatus): boolean {
  return vms.some(({ status }) => status === 'unknown');
}

/** One that failed was told to those who waited for it. */
function statusOrNone(known: Entry['known'] | undefined): Promise<InfrastructureStatus | undefined> {
  return Promise.resolve(known).then(
    (each) => each?.status,
    () => undefined,
  );
}

function whereItWas({ addresses, publicAddresses, endpoints }: VmStatusView): Partial<VmStatusView> {
  return { addresses, endpoints, ...(publicAddresses ? { publicAddresses } : {}) };
}

/** VMs that cannot be seen now are where they were seen last. */
function withAddresses(
  now: InfrastructureStatus,
  before: InfrastructureStatus | undefined,
): InfrastructureStatus {
  const last = new Map(before?.vms.map((vm) => [`${vm.vmm} ${vm.name}`, vm]));
  const vms = now.vms.map((vm): VmStatusView => {
    const known = vm.status === 'unknown' ? last.get(`${vm.vmm} ${vm.name}`) : undefined;
    return known ? { ...vm, ...whereItWas(known) } : vm;
  });
  return { ...now, vms };
}
