import { resolveImport } from './resolve-import.ts';
import type { Rule, Violation } from './rule.ts';
import type { SourceFile, SourceTree } from './source-tree.ts';

/** Depth first; each file is finished once, so a cycle is told once, at the file where it was closed. */
export const noRunTimeCycles: Rule = {
  name: 'no-run-time-cycles',
  why: 'in a cycle some file runs before what it needs exists; which one depends on who was imported first',
  *check(tree) {
    const finished = new Set<string>();
    for (const file of tree.files.values()) yield* cyclesFrom(tree, file, [], finished);
  },
};

function* cyclesFrom(
  tree: SourceTree,
  file: SourceFile,
  path: readonly string[],
  finished: Set<string>,
): Generator<Violation> {
  if (finished.has(file.path)) return;
  const here = [...path, file.path];
  for (const site of file.imports) {
    const target = site.isTypeOnly ? undefined : resolveImport(tree, file, site.specifier);
    if (target?.kind !== 'ours' || target.file === undefined) continue;
    const start = here.indexOf(target.file.path);
    if (start === -1) {
      yield* cyclesFrom(tree, target.file, here, finished);
      continue;
    }
    yield {
      place: `${file.path}:${site.line}`,
      found: [...here.slice(start), target.file.path].join(' -> '),
      remedy: 'move what both need into a file of its own, or import only the type',
    };
  }
  finished.add(file.path);
}
