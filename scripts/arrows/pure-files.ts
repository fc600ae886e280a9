import type { ImportSite } from './read-imports.ts';
import { type ImportTarget, resolveImport } from './resolve-import.ts';
import type { Rule } from './rule.ts';
import type { SourceFile, SourceTree } from './source-tree.ts';

/** Apps decide nothing: a `plan.ts` there is a command or a page of that name. */
const mustBePure = /^(foundation|platform|imaging|drivers)\/(.+\/)?(plan|decide-[^/.]+)\.ts$/;

/** Files that do things, wherever a plan meets them. */
const doers =
  /(^|\/)(store(-[a-z]+)?|service|routes|client|server)\.ts$|\/steps\/|^foundation\/(clock|http|postgres)\//;

/**
 * SHA-256 is a function of its argument, although node:crypto computes it. When a schedule is planned is one of the
 * pattern, the zone and the instant that it is reckoned from, although the library for it could also ask for the time.
 */
const pureInSpite = new Set([
  'foundation/ids/digest.ts',
  'platform/availability/scaling/planned-instants.ts',
]);

const pureLibraries = new Set(['zod']);

/**
 * Plans decide and do nothing. What a plan uses is followed name by name through index files, so that
 * `import { brandId } from '@trencadis/ids'` is pure although the same index also exports random ids.
 */
export const plansArePure: Rule = {
  name: 'plans-are-pure',
  why: 'a plan made twice from the same facts must be the same plan: no input may hide behind an import',
  *check(tree) {
    for (const file of tree.files.values()) {
      if (!mustBePure.test(file.path)) continue;
      for (const site of usedAtRunTime(file)) {
        const chain = wayToImpurity(tree, file, site, new Set([file.path]));
        if (chain === undefined) continue;
        yield {
          place: `${file.path}:${site.line}`,
          found: [file.path, ...chain].join(' -> '),
          remedy: 'take the answer as an argument (now, ids, what was observed), or import only the type',
        };
      }
    }
  },
};

function usedAtRunTime(file: SourceFile): readonly ImportSite[] {
  return file.imports.filter((site) => !site.isTypeOnly);
}

function wayToImpurity(
  tree: SourceTree,
  from: SourceFile,
  site: ImportSite,
  seen: Set<string>,
): readonly string[] | undefined {
  const target = resolveImport(tree, from, site.specifier);
  if (isImpureOutside(target)) return [target.name];
  if (target.kind !== 'ours' || target.file === undefined) return undefined;
  for (const definer of definersOf(tree, target.file, site.names)) {
    if (seen.has(definer.path)) continue;
    seen.add(definer.path);
    const chain = wayInside(tree, definer, seen);
    if (chain !== undefined) return [definer.path, ...chain];
  }
  return undefined;
}

function isImpureOutside(target: ImportTarget): target is Exclude<ImportTarget, { kind: 'ours' }> {
  return target.kind === 'node' || (target.kind === 'library' && !pureLibraries.has(target.name));
}

function wayInside(tree: SourceTree, file: SourceFile, seen: Set<string>): readonly string[] | undefined {
  if (pureInSpite.has(file.path)) return undefined;
  if (doers.test(file.path)) return [];
  for (const site of usedAtRunTime(file)) {
    const chain = site.isReExport ? undefined : wayToImpurity(tree, file, site, seen);
    if (chain !== undefined) return chain;
  }
  return undefined;
}

/** The files that define the names which `file` exports, seen through its re-exports. */
function definersOf(tree: SourceTree, file: SourceFile, names: readonly string[]): readonly SourceFile[] {
  const direct = names.includes('*') || names.some((name) => file.ownExports.has(name)) ? [file] : [];
  const indirect = file.reExports
    .filter(({ exportName }) => exportName === '*' || names.includes('*') || names.includes(exportName))
    .flatMap(({ specifier, importName, exportName }) => {
      const target = resolveImport(tree, file, specifier);
      if (target.kind !== 'ours' || target.file === undefined) return [];
      return definersOf(tree, target.file, exportName === '*' ? names : [importName]);
    });
  return [...direct, ...indirect];
}
