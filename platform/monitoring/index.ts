export type * from './model.ts';
export { balancerMetrics } from './balancer-metrics.ts';
export { createCollector } from './collector.ts';
export { createCustomMetrics, customMetricName, mostNames, ownMetrics } from './custom-metrics.ts';
export { createHeartbeats } from './heartbeats.ts';
export { installExporter } from './install-exporter.ts';
export { probe } from './probe.ts';
export { createProber } from './prober.ts';
export { probeThrough } from './probe-through.ts';
