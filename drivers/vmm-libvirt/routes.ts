import { readFile } from 'node:fs/promises';
import { type Ipv4Range, parseRange } from './subnets.ts';

/** Every IPv4 range that this host has a route to, its default route apart; read from the kernel (proc(5)). */
export async function routedRanges(signal: AbortSignal): Promise<readonly Ipv4Range[]> {
  return parseRoutes(await readFile('/proc/net/route', { encoding: 'utf8', signal }));
}

/** Lines of `Iface Destination Gateway Flags RefCnt Use Metric Mask ...`, addresses in hexadecimal, last byte first. */
export function parseRoutes(text: string): readonly Ipv4Range[] {
  return text
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      const [, destination, , , , , , mask] = line.trim().split(/\s+/);
      if (destination === undefined || mask === undefined) return [];
      const bits = bytesOf(mask).reduce((sum, byte) => sum + byte.toString(2).replaceAll('0', '').length, 0);
      return bits === 0 ? [] : (parseRange(`${bytesOf(destination).join('.')}/${bits}`) ?? []);
    });
}

function bytesOf(hexadecimal: string): readonly number[] {
  return (hexadecimal.match(/../g) ?? []).map((byte) => Number.parseInt(byte, 16)).toReversed();
}
