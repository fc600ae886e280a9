import type { ImportSite } from './read-imports.ts';
import { type ImportTarget, type OurTarget, resolveImport } from './resolve-import.ts';
import type { SourceFile, SourceTree } from './source-tree.ts';

export interface Violation {
  /** Relative path, with `:line` where there is one. */
  readonly place: string;
  /** What was found: `platform/radl -> drivers/vmm-memory`. */
  readonly found: string;
  readonly remedy: string;
}

export interface Rule {
  readonly name: string;
  readonly why: string;
  readonly check: (tree: SourceTree) => Iterable<Violation>;
}

export interface Arrow {
  readonly from: SourceFile;
  readonly site: ImportSite;
  readonly to: ImportTarget;
}

export type ArrowToOurs = Arrow & { readonly to: OurTarget };

export function* allArrows(tree: SourceTree): Generator<Arrow> {
  for (const from of tree.files.values()) {
    for (const site of from.imports) yield { from, site, to: resolveImport(tree, from, site.specifier) };
  }
}

export function* arrowsToOurs(tree: SourceTree): Generator<ArrowToOurs> {
  for (const arrow of allArrows(tree)) {
    if (isToOurs(arrow)) yield arrow;
  }
}

export function* arrowsBetweenPackages(tree: SourceTree): Generator<ArrowToOurs> {
  for (const arrow of arrowsToOurs(tree)) {
    if (arrow.to.package !== arrow.from.package) yield arrow;
  }
}

export function placeOf({ from, site }: Arrow): string {
  return `${from.path}:${site.line}`;
}

function isToOurs(arrow: Arrow): arrow is ArrowToOurs {
  return arrow.to.kind === 'ours';
}
