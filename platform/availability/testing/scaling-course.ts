import { decideScaling } from '../decide-scaling.ts';
import type { Sample, ScalingDecision, ScalingState, ServiceSpec } from '../model.ts';
import { namesOf, noState } from './scaling-site.ts';

export interface Course {
  readonly spec: ServiceSpec;
  readonly replicas: number;
  /** CPU % that all replicas have together; shared evenly, at most 100 % each. `undefined`: nothing is measured. */
  readonly load: (at: number) => number | undefined;
  readonly lastsMs: number;
  readonly bootMs?: number;
  readonly tickMs?: number;
  readonly sampleMs?: number;
  readonly state?: ScalingState;
}

export interface Tick {
  readonly at: number;
  readonly desired: number;
  readonly decision: ScalingDecision;
}

interface Replica {
  readonly serviceAt: number;
}

/** A group that is scaled by what it decides: new replicas boot, then warm up, then share the load. Begins at 0. */
export function runCourse(course: Course): readonly Tick[] {
  const { spec, bootMs = 30_000, tickMs = 5_000, sampleMs = 10_000, lastsMs } = course;
  const ticks: Tick[] = [];
  let replicas: readonly Replica[] = Array.from({ length: course.replicas }, () => ({ serviceAt: -1e9 }));
  let desired = course.replicas;
  let state = course.state ?? noState;
  let bounds = { min: spec.replicas.min, max: spec.replicas.max };
  let sampled: Record<string, Sample> = {};
  for (let now = 0; now <= lastsMs; now += tickMs) {
    const names = namesOf(replicas.length);
    const serving = replicas.filter(({ serviceAt }) => serviceAt <= now).length;
    const warm = replicas.filter(({ serviceAt }) => serviceAt + spec.scaling.warmupMs <= now).length;
    const load = course.load(now);
    if (now % sampleMs === 0 && load !== undefined) {
      const value = Math.min(100, load / Math.max(1, serving));
      sampled = Object.fromEntries(names.slice(0, serving).map((name) => [name, { at: now, value }]));
    }
    const decision = decideScaling({
      now,
      spec,
      state,
      desired,
      bounds,
      counted: names.slice(0, warm),
      capacity: replicas.length,
      warming: serving - warm,
      samples: { byReplica: { cpu: sampled }, ofGroup: {} },
      suspended: [],
    });
    ({ state, desired } = decision);
    bounds = decision.bounds ?? bounds;
    ticks.push({ at: now, desired, decision });
    const started = Array.from({ length: Math.max(0, desired - replicas.length) }, () => ({
      serviceAt: now + bootMs,
    }));
    replicas = [...replicas, ...started].slice(0, desired);
  }
  return ticks;
}

/** Each change of size. */
export function changesOf(
  ticks: readonly Tick[],
  before: number,
): readonly { readonly at: number; readonly by: number }[] {
  return ticks.flatMap(({ at, desired }, index) => {
    const by = desired - (ticks[index - 1]?.desired ?? before);
    return by === 0 ? [] : [{ at, by }];
  });
}
