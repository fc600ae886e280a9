const bytesPerUnit: ReadonlyMap<string, number> = new Map([
  ['', 1],
  ['b', 1],
  ...['k', 'm', 'g', 't'].flatMap((letter, index): [string, number][] => [
    [letter, 1000 ** (index + 1)],
    [`${letter}b`, 1000 ** (index + 1)],
    [`${letter}i`, 1024 ** (index + 1)],
    [`${letter}ib`, 1024 ** (index + 1)],
  ]),
]);

/**
 * Bytes of `512MiB`, `2 GB`, `10G`, `1.5 TiB`, `4096`; `undefined` for what is no size. M and MB are 10^6, Mi and MiB
 * 2^20, in any case, as in RADL; no unit is bytes.
 */
export function parseSize(text: string): number | undefined {
  const [, amount, unit] = /^\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*$/i.exec(text) ?? [];
  const factor = unit === undefined ? undefined : bytesPerUnit.get(unit.toLowerCase());
  return amount === undefined || factor === undefined ? undefined : Number(amount) * factor;
}

/** `20 GiB`, `1.5 GiB`, `512 MiB`, `17 B`: in the largest binary unit that it fills. */
export function describeSize(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log2(Math.max(1, bytes)) / 10)));
  return `${Number((bytes / 1024 ** power).toFixed(2))} ${units[power]}`;
}
