import { PlatformError } from '@trencadis/errors';
import type { ImageClient } from '@trencadis/image-catalog/client';

export interface CloudImportOptions {
  readonly pattern?: string;
  /** `linux Debian 12`. */
  readonly os?: string;
  readonly platform?: true;
}

type ImportBody = Parameters<ImageClient['importImages']>[0]['body'];

/** What is asked of a cloud's images. */
export function cloudImportOrder(cloud: string, { pattern, os, platform }: CloudImportOptions): ImportBody {
  return {
    importer: 'cloud',
    source: cloud,
    ...(pattern === undefined ? {} : { pattern }),
    ...(os === undefined ? {} : { operatingSystem: systemOf(os) }),
    ...scopeOf(platform),
  };
}

/** Without an importer, those that were built on this host. */
export function importOrder(
  importer: string | undefined,
  source: string | undefined,
  { platform }: CloudImportOptions,
): ImportBody {
  if (importer === undefined) return {};
  if (source !== undefined) return { importer, source, ...scopeOf(platform) };
  throw new PlatformError(
    'invalid-argument',
    `Say from where ${importer} imports: a directory, file or URL.`,
  );
}

function scopeOf(platform: true | undefined) {
  return platform === true ? { scope: 'platform' as const } : {};
}

function systemOf(text: string) {
  const [, name, flavour, version] = /^\s*(\S+)\s+(\S.*?)\s+(\S+)\s*$/.exec(text) ?? [];
  if (name !== undefined && flavour !== undefined && version !== undefined) return { name, flavour, version };
  const message = `An operating system is NAME FLAVOUR VERSION, such as 'linux Debian 12'; '${text}' is not.`;
  throw new PlatformError('invalid-argument', message);
}

type Imported = Awaited<ReturnType<ImageClient['importImages']>>;

/** One line an image, what it leaves open below it, then what was left. */
export function printImport({ images, left }: Imported): string {
  const taken = images.flatMap(({ id, name, version, warnings }) => [
    `${id} version ${version}${name === id ? '' : ` (${name})`}`,
    ...warnings.map((warning) => `  warning: ${warning}`),
  ]);
  const others = left.map(({ name, because }) => `left ${name}: ${because}`);
  return [...taken, ...others].map((line) => `${line}\n`).join('');
}
