export { type Metrics, createMetrics, serveMetrics } from './metrics.ts';
