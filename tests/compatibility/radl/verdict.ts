import { type Dialect, hasErrors, readRadl } from '@trencadis/radl';

/** What a dialect says of a text, as the headers of the corpus write it. */
export function verdictOf(text: string, dialect: Dialect, headerLines = 0): string {
  const { diagnostics } = readRadl(text, { dialect });
  const found = diagnostics.map(
    ({ code, severity, span }) => `${code}@${span.line + headerLines}${severity === 'error' ? '!' : ''}`,
  );
  return [hasErrors(diagnostics) ? 'refused' : 'accepted', ...found].join(' ');
}

export function isAccepted(text: string, dialect: Dialect): boolean {
  return !hasErrors(readRadl(text, { dialect }).diagnostics);
}
