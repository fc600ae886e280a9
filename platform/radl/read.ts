import { checkRadl } from './check.ts';
import { detectDialect } from './dialect.ts';
import { inTextOrder } from './diagnostics.ts';
import { type FillOptions, type InputValues, locateInputs } from './fill-inputs.ts';
import { lexRadl } from './lexer.ts';
import type { Dialect } from './model.ts';
import { type RadlReading, parseLexed, parseRadl } from './parse.ts';
import { isRadlJson, readRadlJson } from './parse-json.ts';
import { mentionsInputs } from './placeholders.ts';

export interface ReadOptions extends FillOptions {
  /** Values for the `@input.NAME@` of the text, where their defaults are not meant. */
  readonly inputs?: InputValues;
}

/**
 * Fills in inputs, parses and checks: the document and every problem of it, in the order of the text and at its
 * place in it. A text that starts as JSON RADL (`[{`) is read as that. Never throws.
 */
export function readRadl(text: string, options: ReadOptions = {}): RadlReading {
  const dialect = options.dialect ?? detectDialect(text);
  if (isRadlJson(text)) return readRadlJson(text, { dialect });
  const hasInputs = dialect !== 'im' && (mentionsInputs(text) || options.inputs !== undefined);
  const { document, diagnostics } = hasInputs
    ? parseFilled(text, dialect, options)
    : parseRadl(text, { dialect });
  return { document, diagnostics: inTextOrder([...diagnostics, ...checkRadl(document, { dialect })]) };
}

function parseFilled(text: string, dialect: Dialect, options: ReadOptions): RadlReading {
  const { places, diagnostics } = locateInputs(text, options.inputs ?? {}, { ...options, dialect });
  const { tokens, problems } = lexRadl(places.text, dialect);
  const lexed = {
    tokens: tokens.map((token) => places.token(token)),
    problems: problems.map((problem) => places.problem(problem)),
  };
  const reading = parseLexed(lexed, text, dialect);
  return { document: reading.document, diagnostics: [...diagnostics, ...reading.diagnostics] };
}
