import { posix } from 'node:path';
import { isBuiltin } from 'node:module';
import { type Package, type SourceFile, type SourceTree, packageOfPath } from './source-tree.ts';

export type ImportTarget =
  | { readonly kind: 'node'; readonly name: string }
  | { readonly kind: 'library'; readonly name: string }
  | OurTarget;

/** Code of this repository. `subpath` is absent for a relative import. */
export interface OurTarget {
  readonly kind: 'ours';
  readonly package: Package;
  readonly subpath?: string;
  /** Absent when no such file exists, or when the package does not export the subpath. */
  readonly file: SourceFile | undefined;
}

const ours = '@trencadis/';

/** What a specifier means in a file; a sibling package that does not exist is a library nobody declared. */
export function resolveImport(tree: SourceTree, from: SourceFile, specifier: string): ImportTarget {
  if (specifier.startsWith('.')) return relativeTarget(tree, from, specifier);
  if (isBuiltin(specifier)) return { kind: 'node', name: specifier };
  const name = libraryName(specifier);
  const sibling = name.startsWith(ours) ? tree.packages.get(name) : undefined;
  if (sibling === undefined) return { kind: 'library', name };
  const subpath = `.${specifier.slice(name.length)}`;
  const exported = sibling.exports.get(subpath);
  const path = exported && posix.join(sibling.folder, exported);
  return { kind: 'ours', package: sibling, subpath, file: path ? tree.files.get(path) : undefined };
}

function relativeTarget(tree: SourceTree, from: SourceFile, specifier: string): OurTarget {
  const path = posix.join(posix.dirname(from.path), specifier);
  return { kind: 'ours', package: packageOfPath(tree, path) ?? tree.root, file: tree.files.get(path) };
}

function libraryName(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}
