import type { Clock } from '@trencadis/clock';
import { PlatformError } from '@trencadis/errors';
import type { GroupChange } from './change-group.ts';
import { changeNative } from './change-native.ts';
import { type NativeAnswer, nativeEvaluations, nativeEvents, nativeRecord } from './describe-native.ts';
import type { Group } from './fleet.ts';
import type { FollowedEvents } from './follow-events.ts';
import type { StoredEvaluation, StoredEvent } from './group-record.ts';
import type { NativeGroups, NativeLook } from './native-groups.ts';
import type { KnownService } from './service-control.ts';
import type { EvaluationQuery } from './store.ts';

export interface NativeControlParts {
  readonly native: NativeGroups;
  readonly clock: Clock;
}

/** For so long an engine is asked before it is said that it does not answer. */
const answerMs = 15_000;
const lookEveryMs = 5_000;

/** What people ask of services that VM managers keep: their engines are asked each time, nothing is kept here. */
export class NativeControl {
  readonly #native: NativeGroups;
  readonly #clock: Clock;

  constructor({ native, clock }: NativeControlParts) {
    this.#native = native;
    this.#clock = clock;
  }

  /** Of these infrastructures. */
  async groups(only: readonly Group['infrastructureId'][], signal: AbortSignal): Promise<readonly Group[]> {
    const wanted = new Set(only);
    const groups = await this.#native.listGroups(signal, only);
    return groups.filter(({ infrastructureId }) => wanted.has(infrastructureId));
  }

  async list(
    only: readonly Group['infrastructureId'][],
    signal: AbortSignal,
  ): Promise<readonly KnownService[]> {
    const groups = await this.groups(only, signal);
    return Promise.all(groups.map((group) => this.known(group, signal)));
  }

  async known(group: Group, signal: AbortSignal): Promise<KnownService> {
    const record = nativeRecord(group, await this.#answer(group, signal), this.#clock.now().getTime());
    return { group, record };
  }

  async change(group: Group, change: GroupChange, signal: AbortSignal): Promise<KnownService> {
    await changeNative(await this.#native.open(group), { group, change }, signal);
    return this.known(group, signal);
  }

  async evaluations(
    group: Group,
    { limit }: Pick<EvaluationQuery, 'limit'>,
    signal: AbortSignal,
  ): Promise<readonly Omit<StoredEvaluation, 'snapshot'>[]> {
    const look = await this.#look(group, signal);
    return look ? nativeEvaluations(group, look).slice(0, limit) : [];
  }

  /** What its engine says that it did, then, if followed, what it does from now on. */
  async *events(
    { group, after, last, follow }: FollowedEvents & { readonly group: Group },
    signal: AbortSignal,
  ): AsyncGenerator<StoredEvent> {
    let reached = after;
    while (!signal.aborted) {
      const look = await this.#look(group, signal);
      const all = look ? nativeEvents(look) : [];
      const fresh = reached === undefined ? all.slice(all.length - last) : eventsAfter(all, reached);
      yield* fresh;
      reached = all.at(-1)?.sequence ?? reached ?? 0;
      if (!follow) return;
      await this.#clock.sleep(lookEveryMs, signal).catch((error: unknown) => {
        if (!signal.aborted) throw error;
      });
    }
  }

  async #answer(group: Group, signal: AbortSignal): Promise<NativeAnswer> {
    try {
      return { look: await this.#look(group, signal) };
    } catch (error) {
      if (error instanceof PlatformError) return { because: error.message };
      throw error;
    }
  }

  async #look(group: Group, signal: AbortSignal): Promise<NativeLook | undefined> {
    const inTime = AbortSignal.timeout(answerMs);
    try {
      return await this.#native.describe(group, AbortSignal.any([signal, inTime]));
    } catch (error) {
      if (!inTime.aborted || signal.aborted) throw error;
      const message = `The engine that keeps '${group.serviceId}' has not answered within ${answerMs / 1000} s.`;
      throw new PlatformError('unavailable', message, { subject: group.serviceId, cause: error });
    }
  }
}

function eventsAfter(events: readonly StoredEvent[], reached: number): readonly StoredEvent[] {
  return events.filter(({ sequence }) => sequence > reached);
}
