import type { InfrastructureId } from '@trencadis/ids';
import type { ControlMessage } from './control-message.ts';
import type { KeeperParts } from './controller-parts.ts';
import type { Group, GroupKey } from './fleet.ts';
import { GroupKeeper } from './group-keeper.ts';
import { type GroupRecord, type GroupView, keyOf } from './group-record.ts';
import { Lanes } from './lanes.ts';
import { newRecord } from './new-record.ts';
import { Recurring } from './recurring.ts';
import { StateWriter } from './state-writer.ts';
import { retention } from './store.ts';

export type ShiftParts = Omit<KeeperParts, 'writer' | 'lanes'>;

const listTimeoutMs = 30_000;
const pruneEveryMs = 600_000;
const pruneTimeoutMs = 120_000;
/** A group that is no longer listed is forgotten after so long: a listing may be wrong once. */
const absentMs = 600_000;

/** What the leading process does from when it begins to lead until it ends. */
export class Shift {
  readonly #parts: KeeperParts;
  readonly #keepers = new Map<string, GroupKeeper>();
  /** Stored, and not listed any more: since when. */
  readonly #absentSince = new Map<string, { readonly key: GroupKey; readonly since: number }>();
  readonly #listWork: Recurring;
  readonly #pruneWork: Recurring;
  #stored: Map<string, GroupRecord> | undefined;
  /** Where the next pulse begins, so that none is always the last to find room. */
  #turn = 0;

  constructor(parts: ShiftParts) {
    const writer = new StateWriter(parts);
    const lanes = {
      observing: new Lanes(32),
      balancing: new Lanes(64),
      measuring: new Lanes(32),
      deciding: new Lanes(16),
    };
    this.#parts = { ...parts, writer, lanes };
    const common = {
      clock: parts.clock,
      lanes: new Lanes(2),
      lane: '',
      spread: 1,
      onFailure: (what: string, error: unknown) =>
        parts.log.warn({ error }, `could not ${what}; tried again`),
    };
    this.#listWork = new Recurring((signal) => this.#list(signal), {
      ...common,
      what: 'list the services',
      everyMs: parts.timing.listMs,
      timeoutMs: listTimeoutMs,
    });
    this.#pruneWork = new Recurring(() => this.#prune(), {
      ...common,
      what: 'forget old evaluations and events',
      everyMs: pruneEveryMs,
      timeoutMs: pruneTimeoutMs,
    });
  }

  async run(signal: AbortSignal): Promise<void> {
    const { clock, fleet, timing, writer } = this.#parts;
    const stopListening = fleet.onChange((id) => this.#nudge(id));
    try {
      while (!signal.aborted) {
        this.#pulse(clock.now().getTime());
        await clock.sleep(timing.pulseMs, signal).catch((error: unknown) => {
          if (!signal.aborted) throw error;
        });
      }
    } finally {
      stopListening();
      for (const work of [this.#listWork, this.#pruneWork]) work.stop();
      // What is stored of it now is what the next leader begins with.
      await writer.close();
      for (const keeper of this.#keepers.values()) keeper.stop();
    }
  }

  viewOf(key: GroupKey): GroupView | undefined {
    return this.#keepers.get(keyOf(key))?.view;
  }

  take(message: ControlMessage): void {
    const { measuring, log } = this.#parts;
    const keeper = this.#keepers.get(keyOf(message.key));
    if (keeper === undefined) return;
    try {
      if (message.kind === 'metrics') measuring.push(message.key, message.figures);
      else if (message.kind === 'heartbeat') measuring.beat(message.vm);
      else void this.#reload(keeper);
    } catch (error) {
      log.warn({ error, ...message.key }, 'what a service pushed was refused');
    }
  }

  async #reload(keeper: GroupKeeper): Promise<void> {
    try {
      await keeper.reload();
    } catch (error) {
      // It is found out by the next write.
      this.#parts.log.warn({ error }, 'the changed state of a service could not be read');
    }
  }

  #pulse(nowMs: number): void {
    this.#listWork.pulse(nowMs);
    this.#pruneWork.pulse(nowMs);
    const keepers = [...this.#keepers.values()];
    this.#turn = keepers.length === 0 ? 0 : (this.#turn + 1) % keepers.length;
    for (const keeper of keepers.slice(this.#turn)) keeper.pulse(nowMs);
    for (const keeper of keepers.slice(0, this.#turn)) keeper.pulse(nowMs);
    this.#parts.writer.pulse(nowMs);
  }

  #nudge(id: InfrastructureId): void {
    this.#listWork.nudge();
    for (const keeper of this.#keepers.values()) if (keeper.group.infrastructureId === id) keeper.nudge();
  }

  async #list(signal: AbortSignal): Promise<void> {
    const { fleet, store, clock } = this.#parts;
    this.#stored ??= new Map((await store.listGroups()).map((record) => [keyOf(record), record]));
    const listed = await fleet.listGroups(signal);
    if (signal.aborted) return;
    const now = clock.now().getTime();
    const groups = listed.filter(({ spec }) => spec.scaling.engine === 'platform');
    const keys = new Set(groups.map(keyOf));
    for (const [key, keeper] of this.#keepers) if (!keys.has(key)) this.#dismiss(key, keeper);
    for (const [key, record] of this.#stored) if (!keys.has(key)) this.#noteAbsence(key, record, now);
    for (const group of groups) this.#absentSince.delete(keyOf(group));
    await Promise.all(groups.map((group) => this.#keep(group, signal)));
    await this.#forgetAbsent(now);
  }

  #dismiss(key: string, keeper: GroupKeeper): void {
    keeper.stop();
    this.#keepers.delete(key);
    this.#stored?.set(key, keeper.record);
    this.#parts.measuring.forgetGroup(keeper.group);
  }

  async #keep(group: Group, signal: AbortSignal): Promise<void> {
    const key = keyOf(group);
    const keeper = this.#keepers.get(key);
    if (keeper !== undefined && isSameSpec(keeper.group, group)) {
      keeper.update(group);
      return;
    }
    const stored = keeper?.record ?? this.#stored?.get(key);
    const record = stored ?? (await this.#parts.store.insertGroup(newRecord(group)));
    if (signal.aborted) return;
    keeper?.stop();
    this.#stored?.set(key, record);
    this.#keepers.set(key, new GroupKeeper(this.#parts, group, record));
  }

  #noteAbsence(key: string, { infrastructureId, serviceId }: GroupKey, now: number): void {
    if (this.#absentSince.has(key)) return;
    this.#absentSince.set(key, { key: { infrastructureId, serviceId }, since: now });
  }

  async #forgetAbsent(now: number): Promise<void> {
    for (const [text, { key, since }] of this.#absentSince) {
      if (now - since < absentMs) continue;
      await this.#parts.store.removeGroup(key);
      this.#absentSince.delete(text);
      this.#stored?.delete(text);
    }
  }

  async #prune(): Promise<void> {
    const { store, clock } = this.#parts;
    await store.prune(clock.now().getTime(), retention);
  }
}

/** As long as its document stays the same, it is read once. */
function isSameSpec({ spec: before }: Group, { spec: now }: Group): boolean {
  return before === now || JSON.stringify(before) === JSON.stringify(now);
}
