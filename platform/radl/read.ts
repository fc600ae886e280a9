import { checkRadl } from './check.ts';
import { detectDialect } from './dialect.ts';
import { inTextOrder } from './diagnostics.ts';
import { type RadlOptions, type RadlReading, parseRadl } from './parse.ts';

/** Parses and checks: the document and every problem of it, in the order of the text. Never throws. */
export function readRadl(text: string, options: RadlOptions = {}): RadlReading {
  const dialect = options.dialect ?? detectDialect(text);
  const { document, diagnostics } = parseRadl(text, { dialect });
  return { document, diagnostics: inTextOrder([...diagnostics, ...checkRadl(document, { dialect })]) };
}
