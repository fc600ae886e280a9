import { contains, parseAddress, parseRangeAround } from '@trencadis/ipv4';

/** IPv4 ranges as RADL writes them: `a.b.c.d/len`, where `cidr` may have `*` for a number that the platform chooses. */
export function isSubnetPattern(text: string): boolean {
  return parseRangeAround(subnetLike(text, '0.0.0.0')) !== undefined;
}

/** `10.0.*.0/24` with numbers in place of the `*`: those of `address`. */
export function subnetLike(pattern: string, address: string): string {
  const [base = '', ...length] = pattern.split('/');
  const known = address.split('.');
  const filled = base.split('.').map((part, index) => (part === '*' ? (known[index] ?? '0') : part));
  return [filled.join('.'), ...length].join('/');
}

/** Whether an address is one of those of a range, which may be a pattern. */
export function isInSubnet(address: string, pattern: string): boolean {
  const range = parseRangeAround(subnetLike(pattern, address));
  return range !== undefined && contains(range, parseAddress(address));
}
