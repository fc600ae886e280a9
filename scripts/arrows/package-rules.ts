import { type Arrow, type Rule, allArrows, arrowsBetweenPackages, arrowsToOurs, placeOf } from './rule.ts';
import type { SourceTree } from './source-tree.ts';

const onlyThroughExports: Rule = {
  name: 'only-through-exports',
  why: "what package.json exports is public; everything else is the package's own to change",
  *check(tree) {
    for (const arrow of arrowsBetweenPackages(tree)) {
      const { to, site } = arrow;
      const isPrivate =
        to.subpath === undefined ? to.package !== tree.root : !to.package.exports.has(to.subpath);
      if (!isPrivate) continue;
      yield {
        place: placeOf(arrow),
        found: `'${site.specifier}' reaches into ${to.package.folder}`,
        remedy: `import '${to.package.name}', or add a subpath to the exports of ${to.package.folder}/package.json`,
      };
    }
  },
};

const everyImportIsDeclared: Rule = {
  name: 'every-import-is-declared',
  why: 'npm workspaces hoist everything, so an undeclared import works by accident until it does not',
  *check(tree) {
    for (const arrow of allArrows(tree)) {
      const name = importedPackage(arrow);
      const { from } = arrow;
      if (name === undefined || name === from.package.name || isDeclared(tree, arrow, name)) continue;
      yield {
        place: placeOf(arrow),
        found: `'${name}' is not a dependency of ${from.package.folder || 'the root'}`,
        remedy: `add it to ${from.isTestCode ? 'devDependencies' : 'dependencies'} in ${manifestOf(from.package.folder)}`,
      };
    }
  },
};

/** The root's own files may import every sibling: npm links them all at the root. Tests may use the root's test tools. */
function isDeclared(tree: SourceTree, { from }: Arrow, name: string): boolean {
  if (from.package.dependencies.has(name)) return true;
  if (from.package === tree.root) return tree.packages.has(name) || tree.root.devDependencies.has(name);
  return from.isTestCode && (from.package.devDependencies.has(name) || tree.root.devDependencies.has(name));
}

const everySiblingIsUsed: Rule = {
  name: 'every-sibling-is-used',
  why: 'a declared arrow that nothing needs hides the real shape of the house',
  *check(tree) {
    const used = new Set<string>();
    for (const arrow of allArrows(tree)) used.add(`${arrow.from.package.name} ${importedPackage(arrow)}`);
    for (const each of tree.packages.values()) {
      for (const name of [...each.dependencies, ...each.devDependencies]) {
        if (!tree.packages.has(name) || used.has(`${each.name} ${name}`)) continue;
        yield {
          place: manifestOf(each.folder),
          found: `declares ${name} and never imports it`,
          remedy: 'remove the dependency',
        };
      }
    }
  },
};

const testTools = new Set(['vitest', 'fast-check', '@fast-check/vitest']);

const codeNeverImportsTests: Rule = {
  name: 'code-never-imports-tests',
  why: 'tests, suites and test tools must not reach a running product',
  *check(tree) {
    for (const arrow of allArrows(tree)) {
      if (arrow.from.isTestCode || !isTestTarget(arrow)) continue;
      yield {
        place: placeOf(arrow),
        found: `product code imports '${arrow.site.specifier}'`,
        remedy: 'move what the product needs out of the test, or the importing file into testing/',
      };
    }
  },
};

function isTestTarget({ to }: Arrow): boolean {
  if (to.kind === 'ours') return to.file?.isTestCode ?? false;
  return testTools.has(to.name);
}

const descriptionsAreData: Rule = {
  name: 'descriptions-are-data',
  why: 'platform and imaging meet in data only, so a description must be readable without running anything',
  *check(tree) {
    for (const { path } of tree.files.values()) {
      if (!path.startsWith('service-descriptions/')) continue;
      yield {
        place: path,
        found: 'code among the service descriptions',
        remedy: 'move it to scripts/ or tests/',
      };
    }
    for (const arrow of arrowsToOurs(tree)) {
      if (!arrow.site.specifier.includes('service-descriptions/')) continue;
      yield {
        place: placeOf(arrow),
        found: `imports '${arrow.site.specifier}' as a module`,
        remedy: 'read the file as data',
      };
    }
  },
};

function importedPackage({ to }: Arrow): string | undefined {
  if (to.kind === 'node') return undefined;
  if (to.kind === 'library') return to.name;
  return to.subpath === undefined ? undefined : to.package.name;
}

function manifestOf(folder: string): string {
  return folder === '' ? 'package.json' : `${folder}/package.json`;
}

export const packageRules: readonly Rule[] = [
  onlyThroughExports,
  everyImportIsDeclared,
  everySiblingIsUsed,
  codeNeverImportsTests,
  descriptionsAreData,
];
