import type { Samples } from '@trencadis/availability';
import { type VmName, sha256OfText } from '@trencadis/ids';
import { balancerSamples } from './balancer-samples.ts';
import { type Seen, memberAt, mergeSamples } from './compose-snapshot.ts';
import type { KeeperParts } from './controller-parts.ts';
import type { Group, ObservedBalancer, ObservedReplica } from './fleet.ts';
import { keyOf } from './group-record.ts';
import type { ProbeAnswer } from './measuring.ts';
import { Recurring, type RecurringOptions } from './recurring.ts';

/** What the watch tells its keeper. */
export interface WatchListener {
  /** A replica's state, or its place at the balancer, is another one. */
  onNews(): void;
  /** Whether a probe's answer says something new of that replica. */
  isNews(vm: VmName, answer: ProbeAnswer): boolean;
  onFailure(what: string, error: unknown, failures: number): void;
}

const vmsTimeoutMs = 30_000;
const balancerTimeoutMs = 3_000;
const scrapeTimeoutMs = 8_000;
const noSamples: Samples = { byReplica: {}, ofGroup: {} };

/** Looks at one group: VMs, balancer, probes and metrics, each in its own time. */
export class GroupWatch {
  group: Group;
  readonly #parts: KeeperParts;
  readonly #listener: WatchListener;
  readonly #vmsWork: Recurring;
  readonly #balancerWork: Recurring;
  readonly #probeWork: Recurring;
  readonly #scrapeWork: Recurring;
  #vms: Seen['vms'] | undefined;
  #balancer: { readonly seen: ObservedBalancer; readonly at: number } | undefined;
  #probes = new Map<VmName, ProbeAnswer>();
  #scraped: Samples = noSamples;
  #counted: Samples = noSamples;
  #signature = '';
  #expectedSince = 0;

  constructor(parts: KeeperParts, group: Group, listener: WatchListener) {
    this.#parts = parts;
    this.group = group;
    this.#listener = listener;
    const { timing, lanes } = parts;
    const { health, scaling } = group.spec;
    this.#vmsWork = this.#recurring((signal) => this.#lookAtVms(signal), {
      what: 'ask the VM managers',
      everyMs: timing.vmsMs,
      timeoutMs: vmsTimeoutMs,
      lanes: lanes.observing,
    });
    this.#balancerWork = this.#recurring((signal) => this.#lookAtBalancer(signal), {
      what: 'ask the balancer',
      everyMs: timing.balancerMs,
      timeoutMs: balancerTimeoutMs,
      lanes: lanes.balancing,
    });
    this.#probeWork = this.#recurring((signal) => this.#probe(signal), {
      what: 'probe the replicas',
      everyMs: health.intervalMs,
      timeoutMs: 2 * health.timeoutMs + 1_000,
      lanes: lanes.measuring,
    });
    this.#scrapeWork = this.#recurring((signal) => this.#scrape(signal), {
      what: 'measure the replicas',
      everyMs: scaling.periodMs,
      timeoutMs: scrapeTimeoutMs,
      lanes: lanes.measuring,
    });
  }

  #recurring(
    work: (signal: AbortSignal) => Promise<void>,
    options: Omit<RecurringOptions, 'clock' | 'lane' | 'spread' | 'onFailure'>,
  ): Recurring {
    return new Recurring(work, {
      ...options,
      clock: this.#parts.clock,
      lane: laneOf(this.group),
      spread: spreadOf(this.group),
      onFailure: (what, error, failures) => this.#listener.onFailure(what, error, failures),
    });
  }

  pulse(nowMs: number): void {
    const { balancing, health, scaling } = this.group.spec;
    this.#vmsWork.pulse(nowMs);
    // Where anything else is reached, VM managers tell.
    if (this.#vms === undefined) return;
    if (balancing !== undefined) this.#balancerWork.pulse(nowMs);
    const isOnlyProbe = balancing === undefined || this.#balancerWork.isFailing;
    if (isOnlyProbe && health.protocol !== 'none') this.#probeWork.pulse(nowMs);
    if (scaling.policies.length > 0) this.#scrapeWork.pulse(nowMs);
  }

  /** The first answer of the VM managers to a question from then on is news, whatever it says. */
  expect(sinceMs: number): void {
    this.#expectedSince = sinceMs;
    this.nudge();
  }

  nudge(): void {
    this.#vmsWork.nudge();
    this.#balancerWork.nudge();
  }

  stop(): void {
    for (const work of [this.#vmsWork, this.#balancerWork, this.#probeWork, this.#scrapeWork]) work.stop();
  }

  get balancer(): ObservedBalancer | undefined {
    return this.#balancerWork.isFailing ? undefined : this.#balancer?.seen;
  }

  /** Why something is not known, for people. */
  troubles(): readonly string[] {
    const isSilent = this.#balancerWork.isFailing ? ['the balancer does not answer'] : [];
    const failure = this.balancer?.failure;
    const hasFailed = failure === undefined ? [] : [`the balancer has failed: ${failure}`];
    const vms = this.#vmsWork.isFailing ? ['the VM managers do not answer'] : [];
    return [...isSilent, ...hasFailed, ...vms];
  }

  /** `undefined` before VM managers have answered to a question asked since then. Probes are answered once. */
  take(since: number): Seen | undefined {
    if (this.#vms === undefined || this.#vms.askedAt < since) return undefined;
    const probes = this.#probes;
    this.#probes = new Map();
    const { measuring } = this.#parts;
    return {
      vms: { ...this.#vms, isStale: this.#vmsWork.isFailing },
      balancer: this.balancer,
      probes,
      beats: (vm) => measuring.lastBeat(vm),
      samples: mergeSamples(this.#scraped, this.#counted, measuring.pushed(this.group)),
    };
  }

  async #lookAtVms(signal: AbortSignal): Promise<void> {
    const { fleet, clock, measuring } = this.#parts;
    const askedAt = clock.now().getTime();
    const seen = await fleet.observeVms(this.group, signal);
    if (signal.aborted) return;
    const names = new Set(seen.replicas.map(({ name }) => name));
    for (const { name } of this.#vms?.replicas ?? [])
      if (!names.has(name)) measuring.forgetReplica(this.group, name);
    this.#vms = { ...seen, askedAt, isStale: false };
    const isExpected = askedAt >= this.#expectedSince;
    if (isExpected) this.#expectedSince = Infinity;
    this.#tellNews(isExpected);
  }

  async #lookAtBalancer(signal: AbortSignal): Promise<void> {
    const { fleet, clock, measuring } = this.#parts;
    const seen = await fleet.describeBalancer(this.group, signal);
    if (signal.aborted) return;
    const now = clock.now().getTime();
    if (seen === undefined) this.#balancer = undefined;
    else {
      const before = this.#balancer;
      this.#counted = balancerSamples(measuring, this.#counted, { before, now: { seen, at: now } });
      this.#balancer = { seen, at: now };
    }
    this.#tellNews(false);
  }

  async #probe(signal: AbortSignal): Promise<void> {
    const replicas = this.#serving();
    const { measuring } = this.#parts;
    const answers = await Promise.all(
      replicas.map(async (replica) => ({
        name: replica.name,
        answer: await measuring.probe(this.group, replica, signal),
      })),
    );
    if (signal.aborted) return;
    for (const { name, answer } of answers) this.#probes.set(name, answer);
    if (answers.some(({ name, answer }) => this.#listener.isNews(name, answer))) this.#listener.onNews();
  }

  async #scrape(signal: AbortSignal): Promise<void> {
    const byReplica = await this.#parts.measuring.scrape(this.group, this.#serving(), signal);
    if (signal.aborted) return;
    this.#scraped = { byReplica, ofGroup: {} };
  }

  #serving(): readonly ObservedReplica[] {
    const replicas = this.#vms?.replicas ?? [];
    return replicas.filter(
      ({ vm, isConfigured, address }) => vm === 'running' && isConfigured && address !== undefined,
    );
  }

  #tellNews(isCertain: boolean): void {
    const signature = this.#signatureOf();
    const isNew = signature !== this.#signature;
    this.#signature = signature;
    if (isNew || isCertain) this.#listener.onNews();
  }

  #signatureOf(): string {
    const { balancer } = this;
    const replicas = this.#vms?.replicas ?? [];
    return replicas
      .map(({ name, vm, isConfigured, isOutdated }) =>
        [name, vm, isConfigured, isOutdated, balancer && memberAt(balancer, name)].join(' '),
      )
      .join(',');
  }
}

/** The same for a group whenever it is kept. */
export function spreadOf(group: Group): number {
  return Number.parseInt(sha256OfText(keyOf(group)).slice(0, 8), 16) / 2 ** 32;
}

/** VM managers that are named stand for themselves; else those that an infrastructure happens to be at. */
export function laneOf({ infrastructureId, spec }: Group): string {
  const { clouds } = spec.replicas;
  return clouds.length === 0 ? infrastructureId : clouds.toSorted().join(',');
}
