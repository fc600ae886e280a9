import { type HealthFacts, silenceMs } from './health-facts.ts';
import { isReady, unhealthyBecause } from './decide-verdict.ts';
import type { JudgedReplica, Standing } from './judged-replica.ts';
import type { ReplicaRecord, ReplicaView } from './model.ts';
import { type ReplicaDraft, draftOf, recordOf } from './replica-draft.ts';
import { phaseOf } from './replica-phase.ts';

/** RS-07: what was off for a shorter time goes on as if it had not been. */
const offGlitchMs = 30_000;
/**
 * RS-06: without any plan at work on it, a VM that does not boot, or that fails its checks from the beginning, is given
 * up after the first; one that does not come into service for another reason after the second.
 */
const bootDeadlineMs = 300_000;
const serviceDeadlineMs = 1_800_000;

/**
 * One replica, HC-01 to HC-04 and RS-07. That its VM does not run counts at once, and only from a VM manager that answers
 * now; silence alone is no verdict. Of what the group's own plan works on, only phases are followed.
 */
export function judgeReplica(
  facts: HealthFacts,
  view: ReplicaView,
  before: ReplicaRecord | undefined,
): JudgedReplica {
  const silence = silenceMs(facts, view);
  const answers = silence === 0;
  const draft = draftOf(before);
  countProbe(draft, view, facts);
  followVm(draft, view, { facts, answers });
  const handled = facts.handled.get(view.name);
  judge(draft, view, { facts, answers, handled });
  const isUnfinished = !facts.isPlanRunning && before?.isStandby !== true && lacksSomething(view, answers);
  const standing = standingOf(draft, view, { facts, handled, isStandby: before?.isStandby === true });
  draft.waitsSince =
    standing === 'pending' && !facts.isPlanRunning ? (draft.waitsSince ?? facts.now) : undefined;
  draft.phase = phaseOf({ view, standing, silenceMs: silence, before: draft.phase });
  return { view, record: recordOf(draft, before, facts.now), standing, answers, isUnfinished };
}

/**
 * Counted as far as they matter, so that what is stored of a steady replica stays the same. What was counted while the
 * balancer was silent says nothing any more once it answers.
 */
function countProbe(draft: ReplicaDraft, { probe }: ReplicaView, { spec, isProbing }: HealthFacts): void {
  if (probe === undefined) {
    if (!isProbing) [draft.passes, draft.failures] = [0, 0];
    return;
  }
  const { fall, rise } = spec.health;
  draft.passes = probe.isPassed ? Math.min(draft.passes + 1, rise) : 0;
  draft.failures = probe.isPassed ? 0 : Math.min(draft.failures + 1, fall);
}

interface Seen {
  readonly facts: HealthFacts;
  readonly answers: boolean;
}

/** Off since when, and whether what runs now is the machine that was in service. */
function followVm(draft: ReplicaDraft, view: ReplicaView, { facts, answers }: Seen): void {
  if (!answers) return;
  if (isOff(view)) {
    draft.offSince ??= facts.now;
    return;
  }
  const wasOffMs = draft.offSince === undefined ? 0 : facts.now - draft.offSince;
  if (draft.offSince !== undefined) draft.unhealthy = undefined;
  draft.offSince = undefined;
  if (wasOffMs >= offGlitchMs || view.vm === 'creating' || !view.isConfigured) beginAnew(draft, view);
}

function beginAnew(draft: ReplicaDraft, view: ReplicaView): void {
  if (draft.inServiceAt === undefined) return;
  draft.inServiceAt = undefined;
  draft.unhealthy = undefined;
  draft.failures = 0;
  draft.passes = view.probe?.isPassed === true ? 1 : 0;
}

function isOff({ vm }: ReplicaView): boolean {
  return vm === 'stopped' || vm === 'failed' || vm === 'absent';
}

/** Sets when it came into service, and the verdict. */
function judge(draft: ReplicaDraft, view: ReplicaView, seen: Seen & Pick<Place, 'handled'>): void {
  const { facts, answers, handled } = seen;
  if (handled !== undefined) {
    if (handled === 'remade') draft.unhealthy = undefined;
  } else if (draft.offSince !== undefined) judgeOff(draft, view, facts);
  else if (draft.inServiceAt !== undefined) judgeServing(draft, view, seen);
  else if (answers && isReady(facts, view, draft)) enterService(draft, facts);
  else giveUpLate(draft, view, facts);
}

/** What was never in service and has no VM while a plan runs is being made. */
function judgeOff(draft: ReplicaDraft, view: ReplicaView, { now, isPlanRunning }: HealthFacts): void {
  if (isPlanRunning && draft.inServiceAt === undefined) return;
  draft.unhealthy ??= { since: now, because: `its VM is ${view.vm}` };
}

function judgeServing(draft: ReplicaDraft, view: ReplicaView, { facts, answers }: Seen): void {
  const because = unhealthyBecause({ facts, view, draft, answers });
  if (because === undefined) draft.unhealthy = undefined;
  else draft.unhealthy ??= { since: facts.now, because };
}

function enterService(draft: ReplicaDraft, { now }: HealthFacts): void {
  draft.inServiceAt = now;
  draft.unhealthy = undefined;
}

function giveUpLate(draft: ReplicaDraft, view: ReplicaView, facts: HealthFacts): void {
  if (facts.isPlanRunning || draft.waitsSince === undefined) return;
  const isFailing = draft.failures >= facts.spec.health.fall || view.member === 'down';
  const deadlineMs = view.vm === 'creating' || isFailing ? bootDeadlineMs : serviceDeadlineMs;
  if (facts.now - draft.waitsSince < deadlineMs) return;
  const because = `it has not come into service for ${deadlineMs / 60_000} minutes`;
  draft.unhealthy ??= { since: facts.now, because };
}

function lacksSomething(view: ReplicaView, answers: boolean): boolean {
  if (!answers || isOff(view)) return false;
  return !view.isConfigured || view.member === 'absent' || view.isStandby === true;
}

function isDead({ offSince, inServiceAt }: ReplicaDraft): boolean {
  return offSince !== undefined || inServiceAt === undefined;
}

interface Place {
  readonly facts: HealthFacts;
  readonly handled: 'retired' | 'remade' | undefined;
  readonly isStandby: boolean;
}

function standingOf(draft: ReplicaDraft, view: ReplicaView, place: Place): Standing {
  if (place.isStandby) return 'standby';
  if (place.handled !== undefined) return place.handled === 'retired' ? 'leaving' : 'pending';
  if (draft.unhealthy !== undefined) return isDead(draft) ? 'dead' : 'unhealthy';
  if (view.member === 'draining') return place.facts.isPlanRunning ? 'pending' : 'leaving';
  return draft.inServiceAt === undefined ? 'pending' : servingSince(draft.inServiceAt, place.facts);
}

/** AS-12. */
function servingSince(inServiceAt: number, facts: HealthFacts): Standing {
  return facts.now - inServiceAt < facts.spec.scaling.warmupMs ? 'warming' : 'in-service';
}
