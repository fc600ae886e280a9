/**
 * What a request costs the server's process beside its handler: a small answer, 150 kB that are ready to be sent, and
 * the same when the caller has them already. Bearer tokens, 8 connections from another process, loopback. Ratios are
 * to the goals: 1,000 requests/s, and 0.1 ms CPU a request.
 */
import { PlatformError } from '@trencadis/errors';
import { createHttpServer, listen, registerRoutes } from '@trencadis/http';
import { type Load, hotReads, listOf, startLoadSender, vmOf } from '@trencadis/http/testing';
import { createLog } from '@trencadis/log';
import { showFigure } from './report/show-figure.ts';

const requestsPerSecondGoal = 1000;
const cpuGoalMs = 0.1;
const requestCount = 10_000;
const kept = listOf(2500);

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
const handlers = {
  one: async ({ params }: { params: { name: string } }) => vmOf(params.name),
  all: async () => kept,
};
registerRoutes(server, hotReads, handlers, {
  authenticate: async (token) => {
    if (token !== 'bench') throw new PlatformError('unauthenticated', 'Wrong token.');
    return {};
  },
});
const baseUrl = await listen(server, { host: '127.0.0.1', port: 0 });
const sender = startLoadSender();

async function measure({ path, headers, status }: (typeof loads)[string], count: number) {
  const before = process.cpuUsage();
  const tookMs = await sender.send({
    baseUrl,
    path,
    status,
    headers: { ...headers, authorization: 'Bearer bench' },
    requestCount: count,
    connectionCount: 8,
  });
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
  sender.stop();
  await server.close();
}
