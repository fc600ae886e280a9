import type { GroupState, ServiceSpec } from './model.ts';

export interface Bounds {
  readonly min: number;
  readonly max: number;
}

/** Those of a schedule or an operator, else the document's (RS-01). */
export function boundsOf(state: GroupState, spec: ServiceSpec): Bounds {
  return state.bounds ?? spec.replicas;
}

export function clamp(count: number, { min, max }: Bounds): number {
  return Math.min(Math.max(count, min), max);
}

/** Replicas there may be above `max` while some are replaced (RS-04). */
export function surgeOf(spec: ServiceSpec, desired: number): number {
  return spec.replicas.surge ?? Math.max(1, Math.ceil(desired / 10));
}

/** Unhealthy replicas replaced at once (RS-05). */
export function brakeOf(desired: number): number {
  return Math.max(1, Math.floor(desired / 10));
}

/** The VM managers at which replicas may stand, the preferred one first; `''` where the document names none. */
export function cloudsOf(spec: ServiceSpec): readonly string[] {
  return spec.replicas.clouds.length === 0 ? [''] : spec.replicas.clouds;
}
