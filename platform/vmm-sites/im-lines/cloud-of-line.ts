import type { AuthLine, AuthType } from './auth-lines.ts';

/** What a line becomes at the platform. */
export interface CloudOfLine {
  readonly product: string;
  readonly endpoint?: string;
  readonly credentials: Readonly<Record<string, string>>;
}

/** A line that leads to no VM manager of ours, and why: for a user, as the end of a sentence. */
export interface UndrivenLine {
  readonly because: string;
}

/** How lines of the Infrastructure Manager's types become VM managers of products that the platform has a driver for. */
export type CloudTable = Readonly<Partial<Record<AuthType, (line: AuthLine) => CloudOfLine | UndrivenLine>>>;

export function cloudOfLine(table: CloudTable, line: AuthLine): CloudOfLine | UndrivenLine {
  return table[line.type]?.(line) ?? { because: 'this platform has no driver for that type' };
}

/** Names of VM managers are in lower case with `-`; the Infrastructure Manager takes any id that begins with a letter. */
export function cloudName(id: string): string {
  return id
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]/g, '-')
    .slice(0, 63);
}

/** `Dummy` for a line without an id, `Dummy-2` for the second one. */
export function namedLines(
  lines: readonly AuthLine[],
): readonly { readonly name: string; readonly line: AuthLine }[] {
  const seen = new Map<AuthType, number>();
  return lines.map((line) => {
    if (line.id !== undefined) return { name: cloudName(line.id), line };
    const count = (seen.get(line.type) ?? 0) + 1;
    seen.set(line.type, count);
    return { name: cloudName(count === 1 ? line.type : `${line.type}-${count}`), line };
  });
}

const servicesOfIm: ReadonlySet<AuthType> = new Set(['InfrastructureManager', 'VMRC', 'EGIIS', 'Vault']);

/** Not for services that the Infrastructure Manager asks and that the platform has parts of its own for. */
export function isOfCloud({ type }: AuthLine): boolean {
  return !servicesOfIm.has(type);
}

/** Only those entries that a line has. */
export function given(values: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  );
}
