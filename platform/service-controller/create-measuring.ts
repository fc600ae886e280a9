import type { Clock } from '@trencadis/clock';
import type { Sample, Samples } from '@trencadis/availability';
import type { RemoteShell } from '@trencadis/contextualization';
import type { VmName } from '@trencadis/ids';
import {
  type Collector,
  type CustomMetrics,
  type Heartbeats,
  type ScrapeTarget,
  type VmSamples,
  balancerMetrics,
  createCollector,
  createCustomMetrics,
  createHeartbeats,
  probe,
  probeThrough,
} from '@trencadis/monitoring';
import { type Group, type GroupKey, type ObservedReplica } from './fleet.ts';
import { keyOf } from './group-record.ts';
import type { Measuring, ProbeAnswer, PushedFigures } from './measuring.ts';

/** How a replica is measured. Holds a secret: never logged. */
export interface MeasuringWay {
  readonly target: ScrapeTarget;
  /** Where this process does not reach it: an open connection to a machine that does, kept by who answers. */
  readonly shell?: RemoteShell;
}

export interface MeasuringParts {
  readonly clock: Clock;
  /** `undefined`: it cannot be measured now. */
  readonly wayTo: (
    group: Group,
    replica: ObservedReplica,
    signal: AbortSignal,
  ) => Promise<MeasuringWay | undefined>;
}

/** What platform/monitoring measures, by way of what the application knows of each VM. */
export function createMeasuring(parts: MeasuringParts): Measuring & AsyncDisposable {
  return new MonitoredGroups(parts);
}

class MonitoredGroups implements Measuring, AsyncDisposable {
  readonly #parts: MeasuringParts;
  readonly #collector: Collector;
  readonly #custom: CustomMetrics;
  readonly #heartbeats: Heartbeats;

  constructor(parts: MeasuringParts) {
    this.#parts = parts;
    this.#collector = createCollector({ clock: parts.clock });
    this.#custom = createCustomMetrics(parts.clock);
    this.#heartbeats = createHeartbeats(parts.clock);
  }

  async probe(group: Group, replica: ObservedReplica, signal: AbortSignal): Promise<ProbeAnswer> {
    const way = await this.#parts.wayTo(group, replica, signal);
    if (way === undefined) return { isPassed: false, because: 'there is no way to reach it' };
    const { target, shell } = way;
    const { health } = group.spec;
    const result = await (shell === undefined
      ? probe(target, health, signal)
      : probeThrough(shell, { target, health }, signal));
    const { isPassed, because } = result;
    return because === undefined ? { isPassed } : { isPassed, because };
  }

  async scrape(
    group: Group,
    replicas: readonly ObservedReplica[],
    signal: AbortSignal,
  ): Promise<Samples['byReplica']> {
    const scraped = await Promise.all(
      replicas.map(async (replica) => [replica.name, await this.#scrapeOne(group, replica, signal)] as const),
    );
    const byReplica: Record<string, Record<VmName, Sample>> = {};
    for (const [name, samples] of scraped)
      for (const [metric, sample] of Object.entries(samples))
        byReplica[metric] = { ...byReplica[metric], [name]: sample };
    return byReplica;
  }

  /** One that does not answer has no samples: decisions know how to take that (AS-01). */
  async #scrapeOne(group: Group, replica: ObservedReplica, signal: AbortSignal): Promise<VmSamples> {
    try {
      const way = await this.#parts.wayTo(group, replica, signal);
      if (way === undefined) return {};
      const { target, shell } = way;
      return await (shell === undefined
        ? this.#collector.scrape(target, signal)
        : this.#collector.scrapeThrough(shell, target, signal));
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof Error)) throw error;
      return {};
    }
  }

  balancerRates({ before, now, elapsedMs }: Parameters<Measuring['balancerRates']>[0]) {
    return { ...balancerMetrics({ members: before }, { members: now }, elapsedMs) };
  }

  pushed(key: GroupKey): Samples {
    return this.#custom.samplesOf(keyOf(key));
  }

  push(key: GroupKey, { vm, metrics }: PushedFigures): void {
    const service = keyOf(key);
    const of = vm === undefined ? { service } : { service, vm };
    this.#custom.push(Object.entries(metrics).map(([metric, value]) => ({ ...of, metric, value })));
  }

  lastBeat(vm: VmName): number | undefined {
    return this.#heartbeats.lastOf(vm);
  }

  beat(vm: VmName): void {
    this.#heartbeats.beat(vm);
  }

  forgetReplica(key: GroupKey, vm: VmName): void {
    this.#custom.forgetVm(keyOf(key), vm);
    this.#collector.forget(vm);
    this.#heartbeats.forget(vm);
  }

  forgetGroup(key: GroupKey): void {
    this.#custom.forgetService(keyOf(key));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#collector.close();
  }
}
