import type { ImageRequirements, Requirement } from '../model.ts';
import { type Statement, readStatements } from './read-statements.ts';
import { parseStrictVmrc } from './strict-vmrc.ts';
import { type Report, requirementsOfCondition } from './to-requirements.ts';
import { type VmrcDiagnostic, toDiagnostic } from './vmrc-diagnostic.ts';

export interface VmrcQuery {
  /** Of what was understood: with an error among the diagnostics it is not the whole question. */
  readonly requirements: ImageRequirements;
  readonly diagnostics: readonly VmrcDiagnostic[];
}

export interface VmrcOptions {
  /** `strict`: the grammar and the errors of VMRC 2.1.2; without, the superset of {@link parseVmrcQuery}. */
  readonly compat?: 'strict';
}

/**
 * VMRC query text (CAT-03; spec image-catalog, section 3): a statement a line, `KEY OP VALUE` or
 * `disk.applications contains (name = N, version OP V, path = P)`, each with `soft WEIGHT` before it if it only ranks.
 * Beyond VMRC: blank lines and `#` comments, free spacing, quotes, fields in any order, `soft` on every key, a key
 * many times (all hold), `!=`, `~` (prefix), `in (A, B)`, sizes with units (MB without), `&&` or `||` in a line,
 * every attribute of the catalog as a key. Never throws.
 */
export function parseVmrcQuery(text: string, options: VmrcOptions = {}): VmrcQuery {
  if (options.compat === 'strict') return parseStrictVmrc(text);
  const { statements, diagnostics } = readStatements(text);
  const found: VmrcDiagnostic[] = [...diagnostics];
  const hard: Requirement[] = [];
  const soft: ImageRequirements['soft'][number][] = [];
  for (const statement of statements) {
    const requirements = requirementsOfStatement(statement, (problem) =>
      found.push(toDiagnostic(statement.line, problem)),
    );
    if (statement.weight === undefined) hard.push(...requirements);
    else if (requirements.length > 0) soft.push({ weight: statement.weight, requirements });
  }
  const inOrder = found.toSorted((a, b) => a.line - b.line || a.column - b.column);
  return { requirements: { hard, soft }, diagnostics: inOrder };
}

/** Nothing when one of its conditions has an error: half a statement would be another question. */
function requirementsOfStatement(statement: Statement, report: Report): readonly Requirement[] {
  let hasError = false;
  const conditions = statement.conditions.map((condition) =>
    requirementsOfCondition(condition, (problem) => {
      hasError ||= problem.severity === undefined;
      report(problem);
    }),
  );
  if (hasError) return [];
  if (statement.joinedBy === 'and') return conditions.flat();
  const of = conditions.flat();
  if (conditions.every(({ length }) => length === 1)) return [{ kind: 'any', of }];
  const message = 'each side of || must ask for one thing';
  report({
    column: statement.column,
    message,
    hint: 'write one version comparison an application, and no ignored key',
  });
  return [];
}
