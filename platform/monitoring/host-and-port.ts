import { isIPv6 } from 'node:net';

/** As in a URL or a Host header (RFC 3986, 3.2.2). */
export const hostAndPort = (address: string, port: number) =>
  `${isIPv6(address) ? `[${address}]` : address}:${port}`;
