const factors: ReadonlyMap<string, number> = new Map([
  ['', 1],
  ['K', 1e3],
  ['KI', 2 ** 10],
  ['M', 1e6],
  ['MI', 2 ** 20],
  ['G', 1e9],
  ['GI', 2 ** 30],
  ['T', 1e12],
  ['TI', 2 ** 40],
]);

/** Shown to who writes a wrong unit. */
export const sizeUnits = ['B', 'K', 'Ki', 'M', 'Mi', 'G', 'Gi', 'T', 'Ti'] as const;
export const performanceUnits = ['ECU', 'GCEU', 'HRZ'] as const;

/**
 * Bytes in one unit of a size: `M` is 10^6 and `Mi` 2^20, in any case and with or without a final `B`.
 * (IM before 2024-11-27 read `M` as 2^20.) `undefined`: no unit of size.
 */
export function bytesPerUnit(unit: string): number | undefined {
  return factors.get(unit.toUpperCase().replace(/B$/, ''));
}

/** Whole bytes; an unknown unit counts as none, and the checker says so. */
export function toBytes(value: number, unit = ''): number {
  return Math.round(value * (bytesPerUnit(unit) ?? 1));
}
