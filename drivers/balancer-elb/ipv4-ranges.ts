/** An IPv4 range: first address as a number, and the length of its prefix. */
export interface Range {
  readonly first: number;
  readonly length: number;
}

export function parseRange(text: string): Range | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(text);
  if (match === null) return undefined;
  const [a = 0, b = 0, c = 0, d = 0, length = 0] = match.slice(1).map(Number);
  return Math.max(a, b, c, d) > 255 || length > 32
    ? undefined
    : { first: ((a * 256 + b) * 256 + c) * 256 + d, length };
}

export function formatRange({ first, length }: Range): string {
  const bytes = [24, 16, 8, 0].map((shift) => Math.floor(first / 2 ** shift) % 256);
  return `${bytes.join('.')}/${length}`;
}

const sizeOf = ({ length }: Range) => 2 ** (32 - length);

function overlap(one: Range, other: Range): boolean {
  return one.first < other.first + sizeOf(other) && other.first < one.first + sizeOf(one);
}

/** The first part of a range with the longer prefix `length` that none of `taken` touches. */
export function freePart(range: Range, length: number, taken: readonly Range[]): Range | undefined {
  const size = 2 ** (32 - length);
  for (let first = range.first; first < range.first + sizeOf(range); first += size) {
    const part = { first, length };
    if (!taken.some((each) => overlap(each, part))) return part;
  }
  return undefined;
}
