import { readFile } from 'node:fs/promises';
import { type Ipv4Range, enclosing } from './ranges.ts';

/** Of the host of this process. */
interface HostRoute {
  /** Its link; `*` where the kernel refuses what would go there. */
  readonly device: string;
  /** The default route's has the length 0. */
  readonly destination: Ipv4Range;
}

/** The kernel's own table (proc(5)): planning asks for it each time, and a process started for it would cost more. */
export async function hostRoutes(signal: AbortSignal): Promise<readonly HostRoute[]> {
  return parseRoutes(await readFile('/proc/net/route', { encoding: 'utf8', signal }));
}

/** Every range that the host has a route to, its default route apart. */
export async function routedRanges(signal: AbortSignal): Promise<readonly Ipv4Range[]> {
  const routes = await hostRoutes(signal);
  return routes.map(({ destination }) => destination).filter(({ length }) => length > 0);
}

/** Lines of `Iface Destination Gateway Flags RefCnt Use Metric Mask ...`, addresses in hexadecimal, last byte first. */
export function parseRoutes(text: string): readonly HostRoute[] {
  return text
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      const [device, destination, , , , , , mask] = line.trim().split(/\s+/);
      if (device === undefined || destination === undefined || mask === undefined) return [];
      const length = numberOf(mask).toString(2).replaceAll('0', '').length;
      return [{ device, destination: enclosing(numberOf(destination), length) }];
    });
}

function numberOf(hexadecimal: string): number {
  const bytes = hexadecimal.match(/../g) ?? [];
  return Number.parseInt(bytes.toReversed().join(''), 16);
}
