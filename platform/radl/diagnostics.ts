import type { DiagnosticCode } from './diagnostic-codes.ts';
import type { Diagnostic, Span } from './model.ts';

export interface Problem {
  readonly code: DiagnosticCode;
  readonly span: Span;
  readonly message: string;
  readonly hint?: string | undefined;
  /** Default `error`. */
  readonly severity?: Diagnostic['severity'];
}

/** Collects the problems of one document. */
export class DiagnosticList {
  readonly #found: Diagnostic[] = [];

  add(problem: Problem): void {
    const { code, span, message, hint, severity = 'error' } = problem;
    this.#found.push({ code, severity, message, span, ...(hint === undefined ? {} : { hint }) });
  }

  /** In the order of the text. */
  inOrder(): readonly Diagnostic[] {
    return inTextOrder(this.#found);
  }
}

export function inTextOrder(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  return diagnostics.toSorted((a, b) => a.span.start - b.span.start || a.code.localeCompare(b.code));
}

export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some((diagnostic) => diagnostic.severity === 'error');
}
