import { fastify } from 'fastify';
import { describe, expect, it } from 'vitest';
import { createMetrics, serveMetrics } from './index.ts';

describe('/metrics', () => {
  it('counts requests by route pattern and status, never by path', async () => {
    await using server = fastify();
    serveMetrics(server, createMetrics('test-service'));
    server.get('/shares/:eouid', async () => 'found');
    await server.inject('/shares/AAAA');
    await server.inject('/shares/BBBB');
    await server.inject('/nothing-like-it');
    const { body, headers } = await server.inject('/metrics');
    expect(headers['content-type']).toMatch(/^text\/plain/);
    expect(body).toMatch(/_count\{.*route="\/shares\/:eouid".*status="200".*\} 2/);
    expect(body).toMatch(/_count\{.*route="unknown".*status="404".*\} 1/);
    expect(body).toMatch(/process_cpu_seconds_total\{service="test-service"\} \d/);
    expect(body).not.toMatch(/AAAA|nothing-like-it/);
  });

  it('is separate for each registry', async () => {
    const [first, second] = [createMetrics('number-one'), createMetrics('number-two')];
    first.requestDuration.observe({ method: 'GET', route: '/', status: '200' }, 0.1);
    expect(await second.registry.metrics()).not.toContain('number-one');
  });
});
