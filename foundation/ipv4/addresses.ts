/** No zeros in front: some programs read `010` as eight (RFC 6943, 3.1.1). */
const octet = String.raw`(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)`;
const pattern = new RegExp(String.raw`^${octet}(?:\.${octet}){3}$`);

/** `a.b.c.d` as a number from 0 to 2^32 - 1; anything else: `undefined`. */
export function parseAddress(text: string): number | undefined {
  if (!pattern.test(text)) return undefined;
  return text.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}

export function formatAddress(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.');
}

/** The netmask of a prefix of that length, 0 to 32: `255.255.255.0` of 24. */
export function formatMask(length: number): string {
  return formatAddress(2 ** 32 - 2 ** (32 - length));
}

/** The other way round; `undefined` for what is no netmask. */
export function parseMask(text: string): number | undefined {
  const lengths = Array.from({ length: 33 }, (_, length) => length);
  return lengths.find((length) => formatMask(length) === text);
}

/**
 * The hardware address of two bytes of the caller's own, `02:fc`, and an IPv4 address: the same address always has the
 * same one, so that no neighbour's cache and no lease of a machine that is gone ever holds a wrong one.
 */
export function macOf(prefix: string, address: string): string {
  const bytes = address.split('.').map((byte) => Number(byte).toString(16).padStart(2, '0'));
  return [prefix, ...bytes].join(':');
}
