import type { HealthFacts } from './health-facts.ts';
import type { ReplicaView } from './model.ts';
import type { ReplicaDraft } from './replica-draft.ts';

/**
 * HC-04: configured, `rise` probes passed in a row, up at its balancer, heartbeats come. A balancer that does not answer
 * is no objection. Where the platform made no probe at all, the balancer's own checks are enough.
 */
export function isReady(facts: HealthFacts, view: ReplicaView, draft: ReplicaDraft): boolean {
  if (view.vm !== 'running' || !view.isConfigured || !isTaken(view)) return false;
  return hasPassed(facts, view, draft) && (isBeating(facts, view, undefined) ?? true);
}

function isTaken({ member }: ReplicaView): boolean {
  return member === undefined || member === 'up' || member === 'unknown';
}

function hasPassed({ spec }: HealthFacts, view: ReplicaView, { passes, failures }: ReplicaDraft): boolean {
  if (spec.health.protocol === 'none' || passes >= spec.health.rise) return true;
  return view.member === 'up' && view.probe === undefined && passes === 0 && failures === 0;
}

/** `undefined`: no heartbeats are expected. They are counted from `since` where none has come yet. */
function isBeating(facts: HealthFacts, view: ReplicaView, since: number | undefined): boolean | undefined {
  const { heartbeatMs } = facts.spec.health;
  if (heartbeatMs === undefined) return undefined;
  const latest = view.heartbeatAt ?? since;
  return latest !== undefined && facts.now - latest <= heartbeatMs;
}

export interface Evidence {
  readonly facts: HealthFacts;
  readonly view: ReplicaView;
  readonly draft: ReplicaDraft;
  readonly answers: boolean;
}

/**
 * Why a replica that came into service is unhealthy: HC-02, HC-03 and RS-07. While its VM manager is silent, its
 * heartbeats alone do not make it so. Once unhealthy, it stays so until it has passed `rise` probes.
 */
export function unhealthyBecause(evidence: Evidence): string | undefined {
  const { facts, draft } = evidence;
  const { graceMs, combine, rise } = facts.spec.health;
  if (facts.now - (draft.inServiceAt ?? facts.now) < graceMs) return undefined;
  const member = memberSays(evidence);
  const probe = probeSays(evidence);
  const beat = heartbeatSays(evidence, isComplaint(member) || isComplaint(probe));
  const said = [member, probe, beat].filter((one) => one !== undefined);
  const complaints = said.filter(isComplaint);
  const isUnhealthy = complaints.length > 0 && (combine === 'any' || complaints.length === said.length);
  if (isUnhealthy) return complaints.join('; ');
  return probe !== undefined && draft.passes < rise ? draft.unhealthy?.because : undefined;
}

function isComplaint(said: string | undefined): said is string {
  return said !== undefined && said !== '';
}

/** Each answers `undefined`: says nothing; `''`: fine; else what is wrong. */
function memberSays({ view }: Evidence): string | undefined {
  if (view.member === 'down') return 'its balancer has it down';
  return view.member === 'up' ? '' : undefined;
}

function probeSays({ facts, view, draft }: Evidence): string | undefined {
  const { protocol, fall } = facts.spec.health;
  if (protocol === 'none' || (draft.failures === 0 && draft.passes === 0)) return undefined;
  if (draft.failures < fall) return '';
  const because = view.probe?.because;
  return `it failed ${fall} checks in a row${because === undefined ? '' : `: ${because}`}`;
}

function heartbeatSays({ facts, view, draft, answers }: Evidence, isBacked: boolean): string | undefined {
  const beats = isBeating(facts, view, draft.inServiceAt);
  if (beats === undefined || beats) return beats === undefined ? undefined : '';
  if (!answers && !isBacked) return undefined;
  return `no heartbeat for ${Math.round((facts.spec.health.heartbeatMs ?? 0) / 1000)} s`;
}
