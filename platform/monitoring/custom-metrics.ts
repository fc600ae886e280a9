import type { Sample } from '@trencadis/availability';
import type { Clock } from '@trencadis/clock';
import { PlatformError } from '@trencadis/errors';
import type { VmName } from '@trencadis/ids';
import type { CustomMetric, CustomMetrics } from './model.ts';

export const customMetricName = /^[a-z][a-z0-9._-]{0,62}$/;
/** The platform measures them itself; no service may say otherwise. */
export const ownMetrics: readonly string[] = [
  'cpu',
  'memory',
  'disk',
  'network',
  'requests',
  'latency',
  'errors',
];
export const mostNames = 50;
/** As many as a group may have replicas and then some: what pushes with made-up VMs must not fill the memory. */
const mostVms = 1000;
const defaultMaxAgeMs = 600_000;

/** Of one service: by metric, then by VM; `undefined` stands for the group as a whole. */
type OfService = Map<string, Map<VmName | undefined, Sample>>;

export function createCustomMetrics(
  clock: Clock,
  { maxAgeMs = defaultMaxAgeMs }: { readonly maxAgeMs?: number } = {},
): CustomMetrics {
  const services = new Map<string, OfService>();
  const current = (service: string): OfService => {
    const kept = services.get(service) ?? new Map();
    forgetOld(kept, clock.now().getTime() - maxAgeMs);
    if (kept.size === 0) services.delete(service);
    return kept;
  };
  return {
    push: (metrics) => {
      for (const metric of metrics) check(metric);
      for (const [service, own] of Map.groupBy(metrics, (metric) => metric.service)) {
        const kept = current(service);
        refuseTooMany(service, kept, own);
        const at = clock.now().getTime();
        for (const { metric, vm, value } of own) {
          const samples = kept.get(metric) ?? new Map<VmName | undefined, Sample>();
          kept.set(metric, samples.set(vm, { at, value }));
        }
        services.set(service, kept);
      }
    },
    samplesOf: (service) => samplesIn(current(service)),
    forgetVm: (service, vm) => {
      for (const samples of services.get(service)?.values() ?? []) samples.delete(vm);
    },
    forgetService: (service) => void services.delete(service),
  };
}

function check({ service, metric, value }: CustomMetric): void {
  if (!customMetricName.test(metric)) {
    const message = `A metric of service ${service} is called '${metric}': a name begins with a lower-case letter and has at most 63 of a-z, 0-9, '.', '_' and '-'.`;
    throw new PlatformError('invalid-argument', message, { subject: service });
  }
  if (ownMetrics.includes(metric)) {
    const message = `Metric '${metric}' of service ${service} is measured by the platform itself: push it under another name.`;
    throw new PlatformError('invalid-argument', message, { subject: service });
  }
  if (Number.isFinite(value)) return;
  const message = `Metric '${metric}' of service ${service} is ${value}: it must be a finite number.`;
  throw new PlatformError('invalid-argument', message, { subject: service });
}

function refuseTooMany(service: string, kept: OfService, pushed: readonly CustomMetric[]): void {
  const names = new Set([...kept.keys(), ...pushed.map(({ metric }) => metric)]);
  if (names.size > mostNames) {
    const message = `Service ${service} pushes more than ${mostNames} metrics: one that is no longer pushed makes room after ten minutes.`;
    throw new PlatformError('quota-exceeded', message, { subject: service });
  }
  const vms = new Set([
    ...[...kept.values()].flatMap((samples) => [...samples.keys()]),
    ...pushed.map(({ vm }) => vm),
  ]);
  if (vms.size <= mostVms) return;
  const message = `Service ${service} pushes metrics of more than ${mostVms} VMs.`;
  throw new PlatformError('quota-exceeded', message, { subject: service });
}

function forgetOld(kept: OfService, before: number): void {
  for (const [metric, samples] of kept) {
    for (const [vm, { at }] of samples) if (at < before) samples.delete(vm);
    if (samples.size === 0) kept.delete(metric);
  }
}

function samplesIn(kept: OfService): ReturnType<CustomMetrics['samplesOf']> {
  const metrics = [...kept];
  const ofReplicas = ([metric, samples]: [string, Map<VmName | undefined, Sample>]) => {
    const byVm = [...samples].flatMap(([vm, sample]) => (vm === undefined ? [] : [[vm, sample] as const]));
    return byVm.length === 0 ? [] : [[metric, Object.fromEntries(byVm)] as const];
  };
  const ofGroup = metrics.flatMap(([metric, samples]) => {
    const sample = samples.get(undefined);
    return sample ? [[metric, sample] as const] : [];
  });
  return {
    byReplica: Object.fromEntries(metrics.flatMap(ofReplicas)),
    ofGroup: Object.fromEntries(ofGroup),
  };
}
