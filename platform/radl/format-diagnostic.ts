import type { Diagnostic } from './model.ts';

const longestLine = 160;

/**
 * One diagnostic as a person reads it: what, where, the source line with the place underlined, the remedy.
 * ```
 * error RADL311: network "privat" is not declared
 *   --> key-server.radl:8:3
 *   |
 * 8 |   net_interface.1.connection = 'privat'
 *   |   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
 *   = hint: write 'private'
 * ```
 */
export function formatDiagnostic(diagnostic: Diagnostic, text: string, fileName = 'document.radl'): string {
  const { severity, code, message, span, hint } = diagnostic;
  const gutter = ' '.repeat(String(span.line).length);
  const source = sourceLine(text, span.start);
  const shift = Math.max(0, span.column - 1 - longestLine / 2);
  const shown = source.slice(shift, shift + longestLine);
  const before = shown.slice(0, span.column - 1 - shift).replace(/[^\t]/g, ' ');
  const room = Math.max(1, shown.length - before.length);
  const carets = '^'.repeat(Math.min(room, Math.max(1, span.end - span.start)));
  return [
    `${severity} ${code}: ${message}`,
    `${gutter}--> ${fileName}:${span.line}:${span.column}`,
    `${gutter} |`,
    `${span.line} | ${shown}`,
    `${gutter} | ${before}${carets}`,
    ...(hint === undefined ? [] : [`${gutter} = hint: ${hint}`]),
  ].join('\n');
}

function sourceLine(text: string, offset: number): string {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  const end = text.indexOf('\n', start);
  return text.slice(offset === 0 ? 0 : start, end < 0 ? undefined : end).replace(/\r$/, '');
}
