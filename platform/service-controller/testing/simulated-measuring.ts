import type { Samples } from '@trencadis/availability';
import type { VmName } from '@trencadis/ids';
import type { GroupKey, ObservedReplica } from '../fleet.ts';
import { keyOf } from '../group-record.ts';
import type { Measuring, ProbeAnswer, PushedFigures } from '../measuring.ts';
import type { ManualClock } from './manual-clock.ts';

/** Answers what a test sets. */
export class SimulatedMeasuring implements Measuring {
  /** Of every replica. */
  cpu: number | undefined;
  readonly failing = new Set<VmName>();
  readonly beats = new Map<VmName, number>();
  readonly #pushed = new Map<string, Record<string, { at: number; value: number }>>();
  readonly #clock: ManualClock;

  constructor(clock: ManualClock) {
    this.#clock = clock;
  }

  async probe(_group: GroupKey, { name }: ObservedReplica): Promise<ProbeAnswer> {
    return this.failing.has(name)
      ? { isPassed: false, because: 'HTTP 503 instead of 200' }
      : { isPassed: true };
  }

  async scrape(_group: GroupKey, replicas: readonly ObservedReplica[]): Promise<Samples['byReplica']> {
    const { cpu } = this;
    if (cpu === undefined) return {};
    const at = this.#clock.nowMs;
    return { cpu: Object.fromEntries(replicas.map(({ name }) => [name, { at, value: cpu }])) };
  }

  balancerRates(): Record<string, Record<VmName, number>> {
    return {};
  }

  pushed(key: GroupKey): Samples {
    return { byReplica: {}, ofGroup: this.#pushed.get(keyOf(key)) ?? {} };
  }

  push(key: GroupKey, { metrics }: PushedFigures): void {
    const at = this.#clock.nowMs;
    const figures = Object.entries(metrics).map(([name, value]) => [name, { at, value }]);
    this.#pushed.set(keyOf(key), { ...this.#pushed.get(keyOf(key)), ...Object.fromEntries(figures) });
  }

  lastBeat(vm: VmName): number | undefined {
    return this.beats.get(vm);
  }

  beat(vm: VmName): void {
    this.beats.set(vm, this.#clock.nowMs);
  }

  forgetReplica(): void {}

  forgetGroup(): void {}
}
