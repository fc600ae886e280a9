import { readRadl } from '../read.ts';
import type { Dialect } from '../model.ts';

/** The diagnostics of a text as `CODE severity line:column hint`, short enough to read in a test. */
export function problemsOf(text: string, dialect: Dialect = 'trencadis'): readonly string[] {
  return readRadl(text, { dialect }).diagnostics.map(({ code, severity, span, hint }) =>
    [code, severity, `${span.line}:${span.column}`, ...(hint === undefined ? [] : [hint])].join(' '),
  );
}

/** The codes alone. */
export function codesOf(text: string, dialect: Dialect = 'trencadis'): readonly string[] {
  return readRadl(text, { dialect }).diagnostics.map(({ code }) => code);
}

/** A value without its spans, for comparing documents by meaning. */
export function withoutSpans<T>(value: T): T {
  return JSON.parse(
    JSON.stringify(value, (key, inner: unknown) => (key === 'span' ? undefined : inner)),
  ) as T;
}
