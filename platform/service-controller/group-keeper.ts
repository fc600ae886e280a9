import { type GroupDecision, type GroupState, type PlanOutcome, withoutRoll } from '@trencadis/availability';
import { isPlatformError } from '@trencadis/errors';
import type { PlanId, VmName } from '@trencadis/ids';
import { composeSnapshot } from './compose-snapshot.ts';
import type { KeeperParts } from './controller-parts.ts';
import { describeGroup } from './describe-group.ts';
import { essenceOf, isCounting } from './essence.ts';
import { EvaluationSieve } from './evaluation-sieve.ts';
import type { Group } from './fleet.ts';
import type { GroupRecord, GroupView, StoredEvaluation } from './group-record.ts';
import { GroupWatch, laneOf, spreadOf } from './group-watch.ts';
import type { ProbeAnswer } from './measuring.ts';
import { planAction } from './plan-action.ts';
import { Recurring } from './recurring.ts';
import type { Written } from './state-writer.ts';

const outcomeEveryMs = 1_000;
const outcomeTimeoutMs = 10_000;
const decideTimeoutMs = 180_000;
/** What only counters say is stored so seldom, or up to twice as seldom. */
const quietMs = 30_000;

/** Keeps one group: looks, decides, and begins at most one plan at a time (RS-02). */
export class GroupKeeper implements Written {
  readonly #parts: KeeperParts;
  readonly #watch: GroupWatch;
  readonly #decideWork: Recurring;
  readonly #outcomeWork: Recurring;
  readonly #sieve = new EvaluationSieve();
  readonly #spread: number;
  #group: Group;
  #record: GroupRecord;
  /** Grows with each record that somebody else wrote: what was decided on an older one is void. */
  #epoch = 0;
  #ended: PlanOutcome | undefined;
  /** VM managers have to be asked after this, as a plan ended then. */
  #lookSince = 0;
  #essence = '';
  #isStopped = false;
  /** A plan of ours is stored, and about to be started: nobody else starts it meanwhile. */
  #isStarting = false;

  constructor(parts: KeeperParts, group: Group, record: GroupRecord) {
    this.#parts = parts;
    this.#group = group;
    this.#spread = spreadOf(group);
    this.#record = record;
    this.#ended = record.outcome;
    this.#watch = new GroupWatch(parts, group, {
      onNews: () => this.#decideWork.nudge(),
      isNews: (vm, answer) => this.#isNews(vm, answer),
      onFailure: (what, error, failures) => this.#complain(what, error, failures),
    });
    const { clock, timing, lanes } = parts;
    const common = {
      clock,
      lanes: lanes.deciding,
      lane: laneOf(group),
      spread: this.#spread,
      onFailure: (what: string, error: unknown, failures: number) => this.#complain(what, error, failures),
    };
    this.#decideWork = new Recurring((signal) => this.#tick(signal), {
      ...common,
      what: 'decide on the service',
      everyMs: timing.tickMs,
      timeoutMs: decideTimeoutMs,
    });
    this.#outcomeWork = new Recurring((signal) => this.#followPlan(signal), {
      ...common,
      what: 'follow the plan',
      everyMs: outcomeEveryMs,
      timeoutMs: outcomeTimeoutMs,
    });
  }

  get record(): GroupRecord {
    return this.#record;
  }

  /** As of the last decision. */
  get view(): GroupView | undefined {
    return this.#record.view;
  }

  /** The group as it is listed now. Another document may have other intervals: then it is kept anew by the caller. */
  update(group: Group): void {
    const hasEnded =
      this.#group.runningPlanId !== undefined && group.runningPlanId !== this.#group.runningPlanId;
    this.#group = group;
    this.#watch.group = group;
    if (hasEnded) this.#lookAgain();
  }

  get group(): Group {
    return this.#group;
  }

  pulse(nowMs: number): void {
    this.#watch.pulse(nowMs);
    if (this.#record.planId !== undefined && this.#ended === undefined) this.#outcomeWork.pulse(nowMs);
    this.#decideWork.pulse(nowMs);
  }

  /** Something happened to the infrastructure. */
  nudge(): void {
    this.#watch.nudge();
    this.#outcomeWork.nudge();
  }

  /** An operator changed the state. */
  async reload(): Promise<void> {
    const stored = await this.#parts.store.findGroup(this.#record);
    if (stored === undefined || stored.version === this.#record.version) return;
    this.#epoch += 1;
    this.#record = stored;
    this.#ended = stored.outcome ?? (stored.planId === undefined ? undefined : this.#ended);
    this.#decideWork.nudge();
  }

  stop(): void {
    this.#isStopped = true;
    this.#watch.stop();
    this.#decideWork.stop();
    this.#outcomeWork.stop();
    this.#parts.writer.drop(this);
  }

  onSaved(stored: GroupRecord, version: number): void {
    this.#record = { ...this.#record, version };
    this.#essence = essenceOf(stored.state, stored.view);
  }

  onLost(): void {
    this.#epoch += 1;
    this.reload().catch((error: unknown) => this.#complain('read the state again', error, 1));
  }

  async #tick(signal: AbortSignal): Promise<void> {
    const seen = this.#watch.take(this.#lookSince);
    if (seen === undefined) return;
    const now = this.#now();
    this.#startWithDocument();
    const isOwnRunning = this.#record.planId !== undefined && this.#ended === undefined;
    const snapshot = composeSnapshot(
      {
        now,
        group: this.#group,
        record: this.#record,
        outcome: this.#ended,
        isPlanRunning: isOwnRunning || this.#group.runningPlanId !== undefined,
      },
      seen,
    );
    const decision = this.#parts.decide(snapshot);
    const view = describeGroup({
      at: now,
      group: this.#group,
      state: decision.state,
      replicas: seen.vms.replicas,
      balancer: seen.balancer,
      troubles: this.#watch.troubles(),
    });
    const evaluation = this.#sieve.sift(this.#group, snapshot, decision);
    if (decision.action !== undefined || decision.rollsBack === true)
      return this.#act(decision, { view, evaluation }, signal);
    this.#parts.writer.note(this.#group, decision.events, evaluation);
    this.#adopt(decision.state, view);
  }

  /** An earlier document's roll, however it ended, says nothing about this one's; but for one that goes back to it. */
  #startWithDocument(): void {
    const { documentDigest } = this.#group;
    if (this.#record.documentDigest === documentDigest) return;
    const { state, planId } = this.#record;
    const isWayBack = planId !== undefined && state.roll?.isRollback === true;
    this.#record = { ...this.#record, documentDigest, state: isWayBack ? state : withoutRoll(state) };
  }

  /** Nothing begins. While a plan of ours runs, it stays the one that is followed. */
  #adopt(state: GroupState, view: GroupView): void {
    const { planId, outcome: _judged, ...rest } = this.#record;
    const isFollowed = planId !== undefined && this.#ended === undefined;
    this.#record = { ...rest, state, view, ...(isFollowed ? { planId } : {}) };
    this.#ended = undefined;
    this.#saveSoon();
  }

  /** Where it cannot be begun after all, the next tick decides anew. */
  async #act(
    decision: GroupDecision,
    { view, evaluation }: { readonly view: GroupView; readonly evaluation: StoredEvaluation | undefined },
    signal: AbortSignal,
  ): Promise<void> {
    const { fleet, writer } = this.#parts;
    const [before, epoch] = [this.#record, this.#epoch];
    const planned = await planAction(fleet, { group: this.#group, decision }, signal);
    if (signal.aborted || this.#epoch !== epoch || planned === 'conflict') return;
    const { planId: _ended, outcome: _judged, ...rest } = this.#record;
    this.#record = { ...rest, view, state: withPending(decision, this.#now()), ...planned };
    this.#ended = planned.outcome;
    this.#isStarting = true;
    try {
      // Stored before anything begins: whoever goes on from here knows what was begun, and why (G-7).
      writer.note(this.#group, decision.events, evaluation);
      const isSaved = await writer.save(this);
      if (!isSaved || planned.planId === undefined || signal.aborted) return;
      await this.#start(planned.planId, before, signal);
    } finally {
      this.#isStarting = false;
    }
  }

  async #start(planId: PlanId, before: GroupRecord | undefined, signal: AbortSignal): Promise<void> {
    const epoch = this.#epoch;
    try {
      await this.#parts.fleet.start(planId, signal);
      this.#outcomeWork.nudge();
    } catch (error) {
      if (!isPlatformError(error, 'conflict')) throw error;
      this.#parts.log.debug({ ...this.#place(), planId }, 'a plan could not be begun; decided anew');
      if (this.#epoch !== epoch) return;
      const { planId: _void, outcome: _none, ...rest } = this.#record;
      const { pending: _pending, ...state } = before?.state ?? rest.state;
      this.#record = { ...rest, state };
      this.#ended = undefined;
      const text = 'Not begun after all, as something else changes the infrastructure: decided anew.';
      this.#parts.writer.note(this.#group, [{ at: this.#now(), kind: 'changed', text }]);
      await this.#parts.writer.save(this);
      this.#lookAgain();
    }
  }

  async #followPlan(signal: AbortSignal): Promise<void> {
    const { planId } = this.#record;
    if (planId === undefined || this.#isStarting) return;
    const epoch = this.#epoch;
    const outcome = await this.#parts.fleet.outcome(planId);
    if (signal.aborted || this.#epoch !== epoch || this.#isStarting || outcome === 'running') return;
    // It was stored, and the process that stored it ended before it began.
    if (outcome === 'planned') return this.#start(planId, undefined, signal);
    this.#ended = outcome ?? { isSuccess: false, because: `Plan ${planId} is not there any more.` };
    this.#lookAgain();
  }

  /** Only what VM managers answer from now on is decided on. */
  #lookAgain(): void {
    this.#lookSince = this.#now();
    this.#watch.expect(this.#lookSince);
  }

  #isNews(vm: VmName, { isPassed }: ProbeAnswer): boolean {
    const record = this.#record.state.replicas[vm];
    if (record === undefined) return true;
    if (!isPassed) return record.unhealthy === undefined;
    return record.unhealthy !== undefined || record.inServiceAt === undefined || record.failures > 0;
  }

  #saveSoon(): void {
    if (this.#isStopped) return;
    const { state, view } = this.#record;
    const isSame = essenceOf(state, view) === this.#essence;
    const quietWaitMs = isCounting(state) ? this.#parts.timing.tickMs : quietMs * (1 + this.#spread);
    this.#parts.writer.saveBy(this, this.#now() + (isSame ? quietWaitMs : 0));
  }

  #complain(what: string, error: unknown, failures: number): void {
    // Then at each doubling, so that what fails for a day does not fill the log.
    if ((failures & (failures - 1)) !== 0) return;
    this.#parts.log.warn({ ...this.#place(), error, failures }, `could not ${what}; tried again`);
  }

  #place() {
    const { infrastructureId, serviceId } = this.#group;
    return { infrastructureId, serviceId };
  }

  #now(): number {
    return this.#parts.clock.now().getTime();
  }
}

function withPending({ state, action }: GroupDecision, at: number): GroupState {
  return action === undefined || state.pending !== undefined
    ? state
    : { ...state, pending: { ...action, at } };
}
