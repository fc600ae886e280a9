/**
 * What a request costs the server's process beside its handler: a small answer, 150 kB that are ready to be sent, and
 * the same when the caller has them already. Bearer tokens, 8 connections from another process, loopback. Ratios are
 * to the goals: 1,000 requests/s, and 0.1 ms CPU a request.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { PlatformError } from '@trencadis/errors';
import { createHttpServer, defineRoutes, listen, prepareJson, registerRoutes } from '@trencadis/http';
import { createLog } from '@trencadis/log';
import { z } from 'zod';
import type { Load } from './load/send-requests.ts';
import { showFigure } from './report/show-figure.ts';

const requestsPerSecondGoal = 1000;
const cpuGoalMs = 0.1;
const requestCount = 10_000;

const access = { right: 'read' };
const vm = z.object({ name: z.string(), status: z.string(), address: z.string() });
const all = z.object({ vms: z.array(vm) });
const contract = defineRoutes({
  one: {
    method: 'GET',
    path: '/vms/{name}',
    summary: 'One',
    params: z.object({ name: z.string() }),
    response: vm,
    access,
  },
  all: { method: 'GET', path: '/vms', summary: 'All', response: all, etag: true, access },
});

const vmOf = (name: string) => ({ name, status: 'running', address: '10.0.0.7' });
const kept = prepareJson(all, { vms: Array.from({ length: 2500 }, (_, index) => vmOf(`vm-${index}`)) });

const loads: Readonly<Record<string, Pick<Load, 'path' | 'headers' | 'status'>>> = {
  'small answer': { path: '/vms/vm-1', headers: {}, status: 200 },
  [`${Math.round(kept.json.length / 1000)} kB kept`]: { path: '/vms', headers: {}, status: 200 },
  'not modified': { path: '/vms', headers: { 'if-none-match': kept.etag }, status: 304 },
};

const server = await createHttpServer({
  log: createLog({ name: 'bench', level: 'silent' }),
  title: 'bench',
  version: '1',
});
registerRoutes(
  server,
  contract,
  { one: async ({ params }) => vmOf(params.name), all: async () => kept },
  {
    authenticate: async (token) => {
      if (token !== 'bench') throw new PlatformError('unauthenticated', 'Wrong token.');
      return {};
    },
  },
);
const baseUrl = await listen(server, { host: '127.0.0.1', port: 0 });
const sender = fork(new URL('load/send-requests.ts', import.meta.url));

async function measure({ headers, ...load }: (typeof loads)[string], count: number) {
  const order: Load = {
    ...load,
    baseUrl,
    headers: { ...headers, authorization: 'Bearer bench' },
    requestCount: count,
    connectionCount: 8,
  };
  const before = process.cpuUsage();
  sender.send(order);
  const [tookMs] = (await once(sender, 'message')) as [number];
  const { user, system } = process.cpuUsage(before);
  return { perSecond: (count / tookMs) * 1000, cpuMs: (user + system) / 1000 / count };
}

try {
  for (const [what, load] of Object.entries(loads)) {
    await measure(load, requestCount / 5);
    const { perSecond, cpuMs } = await measure(load, requestCount);
    showFigure({
      label: `requests/s over HTTP, ${what}`,
      value: perSecond.toFixed(0),
      ratio: perSecond / requestsPerSecondGoal,
    });
    showFigure({ label: `CPU ms a request, ${what}`, value: cpuMs.toFixed(3), ratio: cpuGoalMs / cpuMs });
  }
} finally {
  sender.kill();
  await server.close();
}
