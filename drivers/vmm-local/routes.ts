import { z } from 'zod';
import { run } from './command.ts';
import { type Ipv4Range, parseRange } from './subnets.ts';

const routes = z.array(z.object({ dst: z.string(), dev: z.string().optional() }));

async function readRoutes(signal: AbortSignal): Promise<z.infer<typeof routes>> {
  return routes.parse(JSON.parse(await run('ip', ['-4', '-json', 'route', 'show'], { signal })));
}

/** Every IPv4 range that the host has a route to, its default route apart. */
export async function routedRanges(signal: AbortSignal): Promise<readonly Ipv4Range[]> {
  return (await readRoutes(signal)).flatMap(({ dst }) => parseRange(dst) ?? []);
}

/** The links that lead out of the host. */
export async function uplinks(signal: AbortSignal): Promise<readonly string[]> {
  return (await readRoutes(signal)).flatMap(({ dst, dev }) => (dst === 'default' && dev ? [dev] : []));
}
