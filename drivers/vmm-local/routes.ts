import { readFile } from 'node:fs/promises';
import { type Ipv4Range, parseRange } from './subnets.ts';

interface Route {
  readonly device: string;
  /** `a.b.c.d/len`; the default route is `0.0.0.0/0`. */
  readonly destination: string;
}

/** The kernel's own table (proc(5)): planning asks for it each time, and a process started for it would cost more. */
async function readRoutes(signal: AbortSignal): Promise<readonly Route[]> {
  const text = await readFile('/proc/net/route', { encoding: 'utf8', signal });
  return parseRoutes(text);
}

/** Lines of `Iface Destination Gateway Flags RefCnt Use Metric Mask ...`, addresses in hexadecimal, last byte first. */
export function parseRoutes(text: string): readonly Route[] {
  return text
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      const [device, destination, , , , , , mask] = line.trim().split(/\s+/);
      if (device === undefined || destination === undefined || mask === undefined) return [];
      const length = bytesOf(mask).reduce((bits, byte) => bits + onesOf(byte), 0);
      return [{ device, destination: `${bytesOf(destination).join('.')}/${length}` }];
    });
}

function bytesOf(hexadecimal: string): readonly number[] {
  return (hexadecimal.match(/../g) ?? []).map((byte) => Number.parseInt(byte, 16)).toReversed();
}

function onesOf(byte: number): number {
  return byte.toString(2).replaceAll('0', '').length;
}

const defaultRoute = '0.0.0.0/0';

/** Every IPv4 range that the host has a route to, its default route apart. */
export async function routedRanges(signal: AbortSignal): Promise<readonly Ipv4Range[]> {
  const routes = await readRoutes(signal);
  return routes.flatMap(({ destination }) =>
    destination === defaultRoute ? [] : (parseRange(destination) ?? []),
  );
}

/** The links that lead out of the host. */
export async function uplinks(signal: AbortSignal): Promise<readonly string[]> {
  const routes = await readRoutes(signal);
  return routes.flatMap(({ destination, device }) =>
    destination === defaultRoute && device !== '*' ? [device] : [],
  );
}
