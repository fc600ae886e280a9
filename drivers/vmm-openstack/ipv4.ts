/** Addresses as numbers; `size` is a power of two. */
export interface Range {
  readonly base: number;
  readonly size: number;
}

/** `a.b.c.d/len`, whose host part is zero; anything else: `undefined`. */
export function parseRange(text: string): Range | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(text);
  if (match === null) return undefined;
  const [length = 0, ...bytes] = match.slice(1).map(Number).toReversed();
  if (length > 32 || bytes.some((byte) => byte > 255)) return undefined;
  const base = bytes.reduceRight((sum, byte) => sum * 256 + byte, 0);
  const size = 2 ** (32 - length);
  return base % size === 0 ? { base, size } : undefined;
}

export function overlap(one: Range, other: Range): boolean {
  return one.base < other.base + other.size && other.base < one.base + one.size;
}

function printRange({ base, size }: Range): string {
  const bytes = [24, 16, 8, 0].map((shift) => Math.floor(base / 2 ** shift) % 256);
  return `${bytes.join('.')}/${32 - Math.log2(size)}`;
}

/** The first /24 of the pool that meets none of the taken ones; a smaller pool is one itself. */
export function firstFreeSubnet(pool: Range, taken: readonly Range[]): string | undefined {
  const size = Math.min(256, pool.size);
  for (let { base } = pool; base < pool.base + pool.size; base += size) {
    const candidate = { base, size };
    if (!taken.some((range) => overlap(range, candidate))) return printRange(candidate);
  }
  return undefined;
}
