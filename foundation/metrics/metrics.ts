import type { FastifyInstance } from 'fastify';
import { Histogram, Registry, collectDefaultMetrics } from 'prom-client';

/** The numbers of one process, in the exposition format of Prometheus. */
export interface Metrics {
  readonly registry: Registry;
  readonly requestDuration: Histogram<'method' | 'route' | 'status'>;
}

/** A registry with the process's own metrics (CPU, memory, event loop) and the duration of HTTP requests. */
export function createMetrics(service: string): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry });
  const requestDuration = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from the first byte of a request to the last of its answer',
    labelNames: ['method', 'route', 'status'] as const,
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry],
  });
  return { registry, requestDuration };
}

/**
 * Measures every request of the server and adds `GET /metrics`. It is public: it carries counts and times by route
 * pattern, no ids. Call it before the routes are added.
 */
export function serveMetrics(server: FastifyInstance, { registry, requestDuration }: Metrics): void {
  server.addHook('onResponse', async (request, reply) => {
    // The pattern, not the path: paths hold ids and would make a series for each.
    const route = request.routeOptions.url ?? 'unknown';
    const labels = { method: request.method, route, status: String(reply.statusCode) };
    requestDuration.observe(labels, reply.elapsedTime / 1000);
  });
  server.get('/metrics', { schema: { hide: true } }, async (_, reply) => {
    reply.type(registry.contentType);
    return await registry.metrics();
  });
}
