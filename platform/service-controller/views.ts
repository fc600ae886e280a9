import { boundsOf } from '@trencadis/availability';
import { later, parseInstant } from '@trencadis/clock';
import type {
  EvaluationView,
  ListedServiceView,
  ServiceEventView,
  ServiceStatusView,
} from './api-schemas.ts';
import type { StoredEvent } from './group-record.ts';
import type { KnownEvaluation, KnownService } from './service-control.ts';

const epoch = parseInstant('1970-01-01T00:00:00Z');
const text = (ms: number): string => later(epoch, ms).toISOString();

/** One line of a list. */
export function listedView({ group, record }: KnownService): ListedServiceView {
  const { infrastructureId, infrastructureName, owner, serviceId, spec } = group;
  const { state, view } = record;
  const { min, max } = boundsOf(state, spec);
  const serving = (view?.replicas ?? []).filter(({ phase }) => phase === 'in-service' || phase === 'warming');
  return {
    infrastructureId,
    infrastructureName,
    owner,
    service: serviceId,
    systemId: spec.systemId,
    engine: spec.scaling.engine,
    desired: state.desired,
    min,
    max,
    inService: serving.length,
    condition: view?.condition ?? 'degraded',
    ...becauseOf(view),
    endpoints: view?.endpoints ?? [],
  };
}

function becauseOf(view: KnownService['record']['view']): { readonly because?: string } {
  if (view === undefined) return { because: 'it has not been looked at yet' };
  return view.because === undefined ? {} : { because: view.because };
}

/** One service, with the newest evaluations that decided something. */
export function statusView(
  known: KnownService,
  decisions: readonly Pick<KnownEvaluation, 'evaluation'>[],
): ServiceStatusView {
  const { group, record } = known;
  const { state, view } = record;
  return {
    ...listedView(known),
    hasOwnBounds: state.bounds !== undefined,
    suspended: state.suspended,
    ...(state.frozen === undefined ? {} : { frozenSince: text(state.frozen.since) }),
    troubles: view?.troubles ?? [],
    replicas: view?.replicas ?? [],
    ...rollView(known),
    ...pendingView(known),
    policies: group.spec.scaling.policies.map(({ id, kind, metric }) => ({ id, kind, metric })),
    decisions: decisions.map(({ evaluation }) => ({
      at: text(evaluation.at),
      desiredBefore: evaluation.desiredBefore,
      desiredAfter: evaluation.desiredAfter,
      verdict: evaluation.verdict,
    })),
    ...(view === undefined ? {} : { seenAt: text(view.at) }),
  };
}

function rollView({ record: { state } }: KnownService): Pick<ServiceStatusView, 'roll'> {
  const { roll } = state;
  if (roll === undefined) return {};
  const { startedAt, total, rolled, isPaused = false, isRollback = false, waitsUntil, failed } = roll;
  return {
    roll: {
      startedAt: text(startedAt),
      total,
      rolled,
      isPaused,
      isRollback,
      ...(waitsUntil === undefined ? {} : { waitsUntil: text(waitsUntil) }),
      ...(failed === undefined ? {} : { failed: failed.because }),
    },
  };
}

function pendingView({ record }: KnownService): Pick<ServiceStatusView, 'pending'> {
  const { planId, state } = record;
  const { pending } = state;
  if (pending === undefined) return {};
  const { at, because } = pending;
  return { pending: { since: text(at), because, ...(planId === undefined ? {} : { planId }) } };
}

export function evaluationView(
  { evaluation, isDecision, snapshot }: KnownEvaluation,
  { hasSnapshot }: { readonly hasSnapshot: boolean },
): EvaluationView | Omit<EvaluationView, 'snapshot'> {
  const { at, ...rest } = evaluation;
  const isTold = hasSnapshot && snapshot !== undefined;
  return { ...rest, at: text(at), isDecision, ...(isTold ? { snapshot } : {}) };
}

export function eventView({ at, ...event }: StoredEvent): ServiceEventView {
  return { ...event, at: text(at) };
}
