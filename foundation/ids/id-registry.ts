import { PlatformError } from '@trencadis/errors';

declare const brand: unique symbol;
export type Brand<Base, Name extends string> = Base & { readonly [brand]: Name };

/** Every kind of id in the product, with the pattern it must match. Names that reach a VM manager are DNS labels. */
export const idPatterns = {
  /** `inf-` and 8 lower-case base-32 characters. */
  InfrastructureId: /^inf-[a-z0-9]{8}$/,
  PlanId: /^plan-[a-z0-9]{12}$/,
  /** A DNS label (RFC 1123). */
  VmName: /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/,
  NetworkName: /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/,
  DiskName: /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/,
  /** The owner mark on everything that we make at a VM manager: the id of an infrastructure, or a test's own. */
  Tag: /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/,
  VmiId: /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/,
  Sha256: /^[0-9a-f]{64}$/,
  /** Encrypted Object Unique Identifier (paper 3.2): an upper-case UUID. */
  Eouid: /^[0-9A-F]{8}-[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{12}$/,
} as const;

export type IdKind = keyof typeof idPatterns;
export type Id<Kind extends IdKind> = Brand<string, Kind>;

export type InfrastructureId = Id<'InfrastructureId'>;
export type PlanId = Id<'PlanId'>;
export type VmName = Id<'VmName'>;
export type NetworkName = Id<'NetworkName'>;
export type DiskName = Id<'DiskName'>;
export type Tag = Id<'Tag'>;
export type VmiId = Id<'VmiId'>;
export type Sha256 = Id<'Sha256'>;
export type Eouid = Id<'Eouid'>;

/** The text as an id of that kind, or `undefined` when it does not match the kind's pattern. */
export function parseId<Kind extends IdKind>(kind: Kind, text: string): Id<Kind> | undefined {
  return idPatterns[kind].test(text) ? (text as Id<Kind>) : undefined;
}

/** As {@link parseId}, but throws `invalid-argument` naming the kind and its pattern. */
export function brandId<Kind extends IdKind>(kind: Kind, text: string): Id<Kind> {
  const id = parseId(kind, text);
  if (id === undefined) {
    throw new PlatformError(
      'invalid-argument',
      `'${text}' is not a ${kind}: it must match ${idPatterns[kind].source}.`,
      {
        subject: text,
      },
    );
  }
  return id;
}
