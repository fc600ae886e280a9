/** What is wrong, or will not do what it seems to, in VMRC text. Line and column count from 1, in UTF-16 code units. */
export interface VmrcDiagnostic {
  readonly severity: 'error' | 'warning';
  readonly line: number;
  readonly column: number;
  readonly message: string;
  /** The remedy. */
  readonly hint?: string;
}

/** A problem within a line. */
export interface LineProblem {
  readonly column: number;
  readonly message: string;
  readonly hint?: string;
  /** Default `error`. */
  readonly severity?: 'warning';
}

export function toDiagnostic(line: number, problem: LineProblem): VmrcDiagnostic {
  const { column, message, hint, severity = 'error' } = problem;
  return { severity, line, column, message, ...(hint === undefined ? {} : { hint }) };
}
