/** An IPv4 range: first address as a number, and the length of its prefix. */
export interface Range {
  readonly first: number;
  readonly length: number;
}

export function parseRange(text: string): Range | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(text);
  if (match === null) return undefined;
  const [a = 0, b = 0, c = 0, d = 0, length = 0] = match.slice(1).map(Number);
  if (Math.max(a, b, c, d) > 255 || length > 32) return undefined;
  const first = ((a * 256 + b) * 256 + c) * 256 + d;
  return first % sizeOf({ first, length }) === 0 ? { first, length } : undefined;
}

export function parseAddress(text: string): number | undefined {
  return parseRange(`${text}/32`)?.first;
}

export function formatRange({ first, length }: Range): string {
  const bytes = [24, 16, 8, 0].map((shift) => Math.floor(first / 2 ** shift) % 256);
  return `${bytes.join('.')}/${length}`;
}

export function sizeOf({ length }: Range): number {
  return 2 ** (32 - length);
}

export function overlap(one: Range, other: Range): boolean {
  return one.first < other.first + sizeOf(other) && other.first < one.first + sizeOf(one);
}

export function holds(range: Range, address: number): boolean {
  return overlap(range, { first: address, length: 32 });
}

/** The range of prefix `length` that it lies in. */
export function enclosing({ first }: Range, length: number): Range {
  return { first: first - (first % 2 ** (32 - length)), length };
}

/** The parts of a range with the longer prefix `length` that none of `taken` touches, in order. */
export function freeParts(range: Range, length: number, taken: readonly Range[]): Range[] {
  const size = 2 ** (32 - length);
  const count = sizeOf(range) / size;
  const parts = Array.from({ length: count }, (_, index) => ({ first: range.first + index * size, length }));
  return parts.filter((part) => !taken.some((each) => overlap(each, part)));
}
