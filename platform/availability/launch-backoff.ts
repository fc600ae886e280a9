const firstMs = 5_000;
const mostMs = 300_000;

/**
 * How long the next try waits after `failures` of them in a row (RS-06): min(300, 5 * 2^k) s, less up to a quarter by a
 * hash of the names, so that groups that failed together do not come back together, and equal traces decide equally.
 */
export function launchBackoffMs(name: string, failures: number): number {
  const longest = Math.min(mostMs, firstMs * 2 ** Math.max(0, failures - 1));
  return Math.round(longest * (1 - fractionOf(`${name}/${failures}`) / 4));
}

/** FNV-1a of 32 bits, as a fraction of 1. */
function fractionOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++)
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return (hash >>> 0) / 2 ** 32;
}
