import { brandId, type VmName } from '@trencadis/ids';
import type {
  AlarmPolicy,
  Finding,
  Samples,
  ScalingDecision,
  ScalingInput,
  ScalingPolicy,
  ScalingSpec,
  ScalingState,
  ServiceSpec,
  SustainedPolicy,
  TargetPolicy,
} from '../model.ts';
import { readServices } from '../read-service.ts';

type Id = { readonly id?: string; readonly metric?: string; readonly statistic?: ScalingPolicy['statistic'] };

const cpu = { metric: 'cpu', statistic: 'mean' } as const;

/** The paper's: above 80 % for more than a minute, one more. */
export function above(over: Partial<SustainedPolicy> & Id = {}): ScalingPolicy {
  return { id: 'above', ...cpu, kind: 'above', threshold: 80, forMs: 60_000, step: 1, ...over };
}

export function below(over: Partial<SustainedPolicy> & Id = {}): ScalingPolicy {
  return { id: 'below', ...cpu, kind: 'below', threshold: 30, forMs: 300_000, step: 1, ceiling: 70, ...over };
}

export function alarm(over: Partial<AlarmPolicy> & Id = {}): ScalingPolicy {
  return {
    id: over.kind ?? 'step',
    ...cpu,
    kind: 'step',
    comparison: 'above',
    threshold: 50,
    datapoints: 1,
    ofDatapoints: 1,
    missing: 'missing',
    adjustment: 'change',
    leastChange: 1,
    steps: [{ amount: 1 }],
    cooldownMs: 300_000,
    ...over,
  };
}

export function tracking(over: Partial<TargetPolicy> & Id = {}): ScalingPolicy {
  return { id: 'target', ...cpu, kind: 'target', target: 50, tolerance: 0.1, scalesIn: true, ...over };
}

export function serviceOf(
  policies: readonly ScalingPolicy[],
  scaling: Partial<ScalingSpec> = {},
  replicas: Partial<ServiceSpec['replicas']> = {},
): ServiceSpec {
  const [service] = readServices({ services: [{ id: 'broker', features: [] } as never] });
  return {
    ...service!,
    replicas: { ...service!.replicas, min: 1, max: 10, ...replicas },
    scaling: { ...service!.scaling, periodMs: 10_000, ...scaling, policies },
  };
}

export function namesOf(count: number): readonly VmName[] {
  return Array.from({ length: count }, (_, index) => brandId('VmName', `vm${index + 1}`));
}

export const noState: ScalingState = { policies: {}, recommendations: [], changes: [] };

/** Samples of one metric, `undefined` for a replica that has none. */
export function samplesOf(
  values: readonly (number | undefined)[],
  { at, metric = 'cpu' }: { readonly at: number; readonly metric?: string },
): Samples {
  const names = namesOf(values.length);
  const entries = values.flatMap((value, index) =>
    value === undefined ? [] : [[names[index]!, { at, value }] as const],
  );
  return { byReplica: { [metric]: Object.fromEntries(entries) }, ofGroup: {} };
}

/** So many replicas in service and warm as there are values, each with its sample of now. */
export function inputOf(
  spec: ServiceSpec,
  values: readonly (number | undefined)[],
  over: Partial<ScalingInput> = {},
): ScalingInput {
  const now = over.now ?? 1_000_000_000;
  return {
    now,
    spec,
    state: noState,
    desired: values.length,
    bounds: { min: spec.replicas.min, max: spec.replicas.max },
    counted: namesOf(values.length),
    capacity: values.length,
    warming: 0,
    samples: samplesOf(values, { at: now }),
    suspended: [],
    ...over,
  };
}

export function findingOf({ findings }: ScalingDecision, rule: string): Finding | undefined {
  return findings.find((each) => each.rule === rule);
}
