/** IPv4 ranges as RADL writes them: `a.b.c.d/len`, where `cidr` may have `*` for a number that the platform chooses. */

const octets = /^(?:(?:\d{1,3}|\*)\.){3}(?:\d{1,3}|\*)$/;
const largestOctet = 255;
const addressBits = 32;

/** As one number; `undefined`: no IPv4 address. */
export function parseAddress(text: string): number | undefined {
  const parts = text.split('.').map(Number);
  const isAddress = octets.test(text) && !text.includes('*') && parts.every((part) => part <= largestOctet);
  return isAddress ? parts.reduce((sum, part) => sum * 256 + part, 0) : undefined;
}

export function isSubnetPattern(text: string): boolean {
  const [address = '', length = '', ...others] = text.split('/');
  if (others.length > 0 || !octets.test(address) || !/^\d{1,2}$/.test(length)) return false;
  const areOctets = address.split('.').every((part) => part === '*' || Number(part) <= largestOctet);
  return areOctets && Number(length) <= addressBits;
}

/** `10.0.*.0/24` with numbers in place of the `*`: those of `address`. */
export function subnetLike(pattern: string, address: string): string {
  const [base = '', length = ''] = pattern.split('/');
  const known = address.split('.');
  const filled = base.split('.').map((part, index) => (part === '*' ? (known[index] ?? '0') : part));
  return `${filled.join('.')}/${length}`;
}

/** Whether an address is one of those of a range, which may be a pattern. */
export function isInSubnet(address: string, pattern: string): boolean {
  const [base = '', length = ''] = subnetLike(pattern, address).split('/');
  const [one, other] = [parseAddress(address), parseAddress(base)];
  if (one === undefined || other === undefined) return false;
  const size = 2 ** (addressBits - Number(length));
  return Math.floor(one / size) === Math.floor(other / size);
}
