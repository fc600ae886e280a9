const bytesPerUnit: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  ...Object.fromEntries(
    ['k', 'm', 'g', 't'].flatMap((letter, index) => [
      [letter, 1024 ** (index + 1)],
      [`${letter}ib`, 1024 ** (index + 1)],
      [`${letter}b`, 1000 ** (index + 1)],
    ]),
  ),
};

/**
 * Bytes of `512MiB`, `2 GB`, `10G`, `1.5 TiB`, `4096`; `undefined` for what is no size. MB and GB are powers of 1000,
 * MiB and GiB of 1024, a bare M or G too (as in RADL); no unit is bytes.
 */
export function parseSize(text: string): number | undefined {
  const [, amount, unit] = /^\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*$/i.exec(text) ?? [];
  const factor = unit === undefined ? undefined : bytesPerUnit[unit.toLowerCase()];
  return amount === undefined || factor === undefined ? undefined : Number(amount) * factor;
}

/** `20 GiB`, `1.5 GiB`, `512 MiB`, `17 B`: in the largest binary unit that it fills. */
export function describeSize(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log2(Math.max(1, bytes)) / 10)));
  return `${Number((bytes / 1024 ** power).toFixed(2))} ${units[power]}`;
}
