import { type Diagnostic, type Dialect, formatDiagnostic, readRadl } from '@trencadis/radl';
import { type Source, dialectOf } from './source.ts';

export interface CheckedSource {
  readonly source: Source;
  readonly dialect: Dialect;
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads and checks each. Without `inputs` a document may be a template that lacks some values. */
export function checkSources(
  sources: readonly Source[],
  options: { readonly dialect?: Dialect; readonly inputs?: Readonly<Record<string, string>> },
): readonly CheckedSource[] {
  const { inputs } = options;
  return sources.map((source) => {
    const dialect = dialectOf(source, options.dialect);
    const values = inputs === undefined ? { canLackValues: true } : { inputs };
    return { source, dialect, diagnostics: readRadl(source.text, { dialect, ...values }).diagnostics };
  });
}

/** Every problem as a compiler shows it, and a line that sums up. */
export function printChecks(checked: readonly CheckedSource[]): string {
  const problems = checked.flatMap(({ source, diagnostics }) =>
    diagnostics.map((diagnostic) => `${formatDiagnostic(diagnostic, source.text, source.file)}\n\n`),
  );
  return `${problems.join('')}${summaryOf(checked)}\n`;
}

export function jsonOfChecks(checked: readonly CheckedSource[]): string {
  const { errors, warnings } = countsOf(checked);
  const documents = checked.map(({ source, dialect, diagnostics }) => ({
    file: source.file,
    dialect,
    diagnostics,
  }));
  return `${JSON.stringify({ documents, errors, warnings })}\n`;
}

export function countsOf(checked: readonly CheckedSource[]): {
  readonly errors: number;
  readonly warnings: number;
} {
  const all = checked.flatMap(({ diagnostics }) => diagnostics);
  const errors = all.filter(({ severity }) => severity === 'error').length;
  return { errors, warnings: all.length - errors };
}

function summaryOf(checked: readonly CheckedSource[]): string {
  const { errors, warnings } = countsOf(checked);
  const documents = counted(checked.length, 'document');
  if (errors + warnings === 0) return `${documents} checked, no problems`;
  return `${documents} checked: ${counted(errors, 'error')}, ${counted(warnings, 'warning')}`;
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
