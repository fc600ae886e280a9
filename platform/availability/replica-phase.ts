import type { Standing } from './judged-replica.ts';
import type { ReplicaPhase, ReplicaView } from './model.ts';

/** RS-07: so long the last state of what a silent VM manager has counts. */
const silenceGraceMs = 120_000;

export interface PhaseFacts {
  readonly view: ReplicaView;
  readonly standing: Standing;
  readonly silenceMs: number;
  readonly before: ReplicaPhase | undefined;
}

/** Where a replica is in its life (RS-03). */
export function phaseOf({ view, standing, silenceMs, before }: PhaseFacts): ReplicaPhase {
  if (standing === 'standby') return 'standby';
  if (standing === 'dead' || standing === 'unhealthy') return 'failed';
  if (silenceMs > silenceGraceMs) return 'unknown';
  if (standing === 'leaving') return isGoing(view) ? 'terminating' : 'draining';
  if (standing !== 'pending') return standing;
  return view.vm === 'unknown' ? (before ?? 'unknown') : pendingPhaseOf(view);
}

function isGoing({ vm, member }: ReplicaView): boolean {
  return member === 'absent' || vm === 'absent' || vm === 'stopped';
}

function pendingPhaseOf({ vm, isConfigured, member }: ReplicaView): ReplicaPhase {
  if (vm === 'absent') return 'requested';
  if (vm !== 'running') return 'booting';
  if (!isConfigured) return 'configuring';
  return member === 'draining' ? 'draining' : 'joining';
}
