import { noRunTimeCycles } from './cycle-rule.ts';
import { layerRules } from './layer-rules.ts';
import { packageRules } from './package-rules.ts';
import { plansArePure } from './pure-files.ts';
import type { Rule, Violation } from './rule.ts';
import { readSourceTree } from './source-tree.ts';

/** One rule an arrow of docs/architecture.md; each was seen failing in scripts/check-arrows.test.ts. */
export const rules: readonly Rule[] = [...layerRules, ...packageRules, plansArePure, noRunTimeCycles];

export interface ArrowReport {
  readonly fileCount: number;
  readonly broken: readonly { readonly rule: Rule; readonly violations: readonly Violation[] }[];
}

export function checkArrows(rootPath: string): ArrowReport {
  const tree = readSourceTree(rootPath);
  return {
    fileCount: tree.files.size,
    broken: rules
      .map((rule) => ({ rule, violations: [...rule.check(tree)] }))
      .filter(({ violations }) => violations.length > 0),
  };
}

/** For a person: each broken rule with why it holds, then each place with what was found and what to do. */
export function printArrows({ fileCount, broken }: ArrowReport): string {
  const rulesInWords = broken.map(({ rule, violations }) =>
    [
      `${rule.name}: ${rule.why}`,
      ...violations.map(({ place, found, remedy }) => `  ${place}: ${found}\n    do: ${remedy}`),
    ].join('\n'),
  );
  const count = broken.reduce((sum, { violations }) => sum + violations.length, 0);
  return [...rulesInWords, `arrows: ${fileCount} files, ${count} broken`].join('\n\n');
}
