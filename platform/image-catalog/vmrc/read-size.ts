/**
 * A size as requirements write it: `5000` is `5000MB` (VMRC's unit), `10gib` is `10GiB`, `2 g` is `2GB` as in RADL.
 * `undefined`: it is none.
 */
export function readSize(text: string): string | undefined {
  const found = /^(\d{1,15}(?:\.\d{1,6})?)\s*(?:([kmgt])(i)?)?(b)?$/i.exec(text.trim());
  const [, digits, prefix, binary, byte] = found ?? [];
  if (digits === undefined) return undefined;
  if (prefix === undefined) return byte === undefined ? `${digits}MB` : `${digits}B`;
  return `${digits}${prefix.toUpperCase()}${binary === undefined ? '' : 'i'}B`;
}
