import type { Clock } from '@trencadis/clock';
import { PlatformError } from '@trencadis/errors';
import type { PlanId, VmName } from '@trencadis/ids';
import type { AuditSink } from '@trencadis/infrastructure';
import { ownMetrics } from '@trencadis/monitoring';
import { type GroupChange, changeGroup } from './change-group.ts';
import type { ServiceController } from './controller.ts';
import type { Fleet, Group, GroupKey, HookVerdict } from './fleet.ts';
import { followServiceEvents, type FollowedEvents } from './follow-events.ts';
import { type GroupRecord, type StoredEvaluation, type StoredEvent, keyOf } from './group-record.ts';
import type { Leadership } from './leadership.ts';
import type { PushedFigures } from './measuring.ts';
import { NativeControl } from './native-control.ts';
import type { NativeGroups } from './native-groups.ts';
import { newRecord } from './new-record.ts';
import type { EvaluationQuery, ServiceStore } from './store.ts';

export interface ServiceControlParts {
  readonly fleet: Fleet;
  readonly store: ServiceStore;
  readonly leadership: Pick<Leadership, 'tell'>;
  readonly controller: Pick<ServiceController, 'viewOf'>;
  readonly clock: Clock;
  readonly audit?: AuditSink;
  /** Without them, services that VM managers keep are not known of. */
  readonly native?: NativeGroups;
}

/** What VM managers' own engines tell has no snapshot. */
export type KnownEvaluation = Omit<StoredEvaluation, 'snapshot'> &
  Partial<Pick<StoredEvaluation, 'snapshot'>>;

/** A deployed service and what is kept of it. */
export interface KnownService {
  readonly group: Group;
  readonly record: GroupRecord;
}

/** Other changes of the same moment are few; more of them than this are a bug. */
const mostTries = 20;

/** What people and services ask of deployed services, in any process of the platform. Who may ask is checked before. */
export class ServiceControl {
  readonly #parts: ServiceControlParts;

  readonly #native: NativeControl | undefined;

  constructor(parts: ServiceControlParts) {
    this.#parts = parts;
    const { native, clock } = parts;
    this.#native = native && new NativeControl({ native, clock });
  }

  get store(): ServiceStore {
    return this.#parts.store;
  }

  get clock(): Clock {
    return this.#parts.clock;
  }

  /** Of these infrastructures, in the order in which they are listed. */
  async list(
    only: readonly GroupKey['infrastructureId'][],
    signal: AbortSignal,
  ): Promise<readonly KnownService[]> {
    const { fleet, store } = this.#parts;
    const wanted = new Set(only);
    const groups = (await fleet.listGroups(signal, only)).filter((each) => wanted.has(each.infrastructureId));
    const records = new Map((await store.listGroups(only)).map((record) => [keyOf(record), record]));
    const kept = groups.map((group) => this.#known(group, records.get(keyOf(group))));
    return [...kept, ...((await this.#native?.list(only, signal)) ?? [])];
  }

  /** There is none: `not-found`. */
  async get(key: GroupKey, signal: AbortSignal): Promise<KnownService> {
    const { fleet, store } = this.#parts;
    const only = [key.infrastructureId];
    const native = (await this.#native?.groups(only, signal)) ?? [];
    const listed = [...(await fleet.listGroups(signal, only)), ...native];
    // Others' names are nobody's business here.
    const groups = listed.filter(({ infrastructureId }) => infrastructureId === key.infrastructureId);
    const group = groups.find((each) => keyOf(each) === keyOf(key));
    if (group === undefined) throw notThere(key, groups);
    if (this.#native && isNative(group)) return this.#native.known(group, signal);
    return this.#known(group, await store.findGroup(key));
  }

  #known(group: Group, stored: GroupRecord | undefined): KnownService {
    const record = stored ?? { ...newRecord(group), version: 0 };
    const view = this.#parts.controller.viewOf(group) ?? record.view;
    return { group, record: view === undefined ? record : { ...record, view } };
  }

  /** Never overwrites what the controller or somebody else changed meanwhile. */
  async change(
    { group }: Pick<KnownService, 'group'>,
    change: GroupChange,
    { actor, signal }: { readonly actor: string; readonly signal: AbortSignal },
  ): Promise<KnownService> {
    const { store, clock, leadership, audit } = this.#parts;
    if (this.#native && isNative(group)) {
      const known = await this.#native.change(group, change, signal);
      await audit?.write(auditedAct(group, actor, { act: `service-${change.kind}`, detail: { ...change } }));
      return known;
    }
    for (let tries = 0; tries < mostTries; tries += 1) {
      const before = (await store.findGroup(group)) ?? (await store.insertGroup(newRecord(group)));
      const context = { spec: group.spec, now: clock.now().getTime(), actor };
      const { record, event } = changeGroup(before, change, context);
      const notes = { events: [{ ...keyOnly(group), event }] };
      if (!(await store.saveGroups([record], notes)).has(keyOf(group))) continue;
      await leadership.tell({ kind: 'changed', key: keyOnly(group) });
      await audit?.write(auditedAct(group, actor, { act: `service-${change.kind}`, detail: { ...change } }));
      return { group, record };
    }
    const message = `'${group.serviceId}' is being changed by others all the time: try again.`;
    throw new PlatformError('conflict', message, { subject: group.serviceId });
  }

  /** Why it was decided so, the newest first. */
  async evaluations(
    group: Group,
    query: EvaluationQuery,
    signal: AbortSignal,
  ): Promise<readonly KnownEvaluation[]> {
    if (this.#native && isNative(group)) return this.#native.evaluations(group, query, signal);
    return this.#parts.store.listEvaluations(group, query);
  }

  /** What happened, oldest first; if followed, what happens from now on too. */
  events(
    group: Group,
    asked: Omit<FollowedEvents, 'group'>,
    signal: AbortSignal,
  ): AsyncGenerator<StoredEvent> {
    if (this.#native && isNative(group)) return this.#native.events({ ...asked, group }, signal);
    return followServiceEvents(this.#parts, { ...asked, group }, signal);
  }

  /** Begins it; `undefined`: nothing differs. Another plan runs: `conflict`. */
  async rollBack(group: Group, actor: string, signal: AbortSignal): Promise<PlanId | undefined> {
    const { fleet, store, clock, leadership, audit } = this.#parts;
    const planId = await fleet.planRollBack(group, signal, actor);
    if (planId === undefined) return undefined;
    await fleet.start(planId, signal);
    const text = `${actor}: goes back to the document of before.`;
    const event = { at: clock.now().getTime(), kind: 'changed' as const, text };
    await store.addNotes({ events: [{ ...keyOnly(group), event }] });
    await leadership.tell({ kind: 'changed', key: keyOnly(group) });
    await audit?.write(auditedAct(group, actor, { act: 'service-rollback', detail: { planId } }));
    return planId;
  }

  async signalHook(group: Group, vm: VmName, verdict: HookVerdict): Promise<void> {
    await this.#parts.fleet.signalHook(group, vm, verdict);
  }

  async push(group: Group, figures: PushedFigures): Promise<void> {
    refuseOwnMetrics(group, figures);
    await this.#parts.leadership.tell({ kind: 'metrics', key: keyOnly(group), figures });
  }

  async beat(group: Group, vm: VmName): Promise<void> {
    await this.#parts.leadership.tell({ kind: 'heartbeat', key: keyOnly(group), vm });
  }
}

function keyOnly({ infrastructureId, serviceId }: GroupKey): GroupKey {
  return { infrastructureId, serviceId };
}

function notThere({ serviceId }: GroupKey, groups: readonly Group[]): PlatformError {
  const known = groups.map((each) => `'${each.serviceId}'`).join(', ');
  const there = known === '' ? 'it has none' : `it has ${known}`;
  const message = `The infrastructure has no service '${serviceId}': ${there}.`;
  return new PlatformError('not-found', message, { subject: serviceId });
}

function isNative({ spec }: Group): boolean {
  return spec.scaling.engine === 'native';
}

/** The leader, which may be another process, cannot answer any more. */
function refuseOwnMetrics({ serviceId }: Group, { metrics }: PushedFigures): void {
  const own = Object.keys(metrics).find((metric) => ownMetrics.includes(metric));
  if (own === undefined) return;
  const message = `'${own}' is measured by the platform itself: push the figure under another name.`;
  throw new PlatformError('invalid-argument', message, { subject: serviceId });
}

interface Act {
  readonly act: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

function auditedAct(
  { infrastructureId, infrastructureName, serviceId, owner }: Group,
  actor: string,
  act: Act,
) {
  const { detail } = act;
  return {
    actor,
    act: act.act,
    owner,
    subject: { kind: 'infrastructure', id: infrastructureId },
    detail: { name: infrastructureName, service: serviceId, ...detail },
  };
}
