import type { PlanId } from '@trencadis/ids';
import type { SagaStatus } from '@trencadis/saga';
import type { ApplyParts } from './apply-plan.ts';
import type { AuditSink } from './audit-sink.ts';
import type { Infrastructure, Plan } from './model.ts';

/** Where the reconciler says what it does by itself; a `Log` is one. */
export interface ReconcilerLog {
  info(fields: Readonly<Record<string, unknown>>, message: string): void;
  warn(fields: Readonly<Record<string, unknown>>, message: string): void;
}

export interface ReconcilerParts extends ApplyParts {
  readonly log: ReconcilerLog;
  readonly audit?: AuditSink;
  /** It did something to an infrastructure: what was observed of it before is old. */
  readonly onChange?: (id: Infrastructure['id']) => void;
}

/** One look at one infrastructure. */
export interface Look {
  readonly infrastructure: Infrastructure;
  /** Between two looks at what the platform keeps as it is. */
  readonly intervalMs: number;
  readonly signal: AbortSignal;
}

/** The plan applied last. */
export interface LastPlan {
  readonly plan: Plan;
  readonly saga: SagaStatus;
}

/** Who is named in plans and in the audit log. */
export const reconcilerActor = 'reconciler';
export const leaseActor = 'lease';

interface OwnAct {
  readonly actor: string;
  readonly act: string;
  readonly planId: PlanId;
  /** In words, why nobody had to ask for it. */
  readonly because: string;
}

/** Everything that the platform does by itself is in its log and in the audit log. */
export async function noteOwnAct(
  { audit, log, onChange }: ReconcilerParts,
  { id, name, owner }: Infrastructure,
  { actor, act, planId, because }: OwnAct,
): Promise<void> {
  onChange?.(id);
  log.info({ infrastructureId: id, planId, actor, act, because }, `the platform acts by itself: ${act}`);
  await audit?.write({
    actor,
    act,
    owner,
    subject: { kind: 'infrastructure', id },
    detail: { name, planId, because },
  });
}
