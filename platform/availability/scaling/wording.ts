import type { MetricWish, ScalingInput } from '../model.ts';
import { freshPeriods } from './group-value.ts';

const units: Readonly<Record<string, string>> = {
  cpu: ' %',
  memory: ' %',
  disk: ' %',
  network: ' bytes/s',
  requests: ' requests/s',
  latency: ' ms',
};

/** `91.2 %`; a service's own metric has no unit. */
export function quantity(metric: string, value: number): string {
  return `${Math.round(value * 10) / 10}${units[metric] ?? ''}`;
}

/** `mean cpu 91.2 %`. */
export function measured({ metric, statistic }: MetricWish, value: number): string {
  return `${statistic} ${metric} ${quantity(metric, value)}`;
}

export function seconds(ms: number): string {
  return `${Math.round(ms / 100) / 10} s`;
}

export function replicas(count: number): string {
  return count === 1 ? '1 replica' : `${count} replicas`;
}

export function noData({ counted, spec }: ScalingInput, metric: string): string {
  const whom =
    counted.length === 0
      ? 'no replica is in service and warm'
      : `none of ${replicas(counted.length)} has one`;
  return `no sample of ${metric} newer than ${seconds(freshPeriods * spec.scaling.periodMs)}, ${whom}: no action`;
}
