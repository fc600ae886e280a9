import { type Diagnostic, type RadlDocument, readRadl } from '@trencadis/radl';
import { textOfValue } from './check-value.ts';
import type { ParameterValue, ServiceDescription, ServiceProblem } from './model.ts';
import { countLines, fillIn } from './placeholders.ts';

export type Values = ReadonlyMap<string, ParameterValue>;

export interface Assembly {
  readonly radl: string;
  readonly document: RadlDocument;
  /** Errors of the RADL text, at the files they stand in. */
  readonly problems: readonly ServiceProblem[];
}

interface Part {
  readonly file: string;
  readonly text: string;
}

/** The files a document is made of for these values: the main one, then the fragments of the choices made. */
function partsOf({ name, radl, fragments }: ServiceDescription, values: Values): readonly Part[] {
  const chosen = Object.entries(fragments).flatMap(([parameter, byChoice]): Part[] => {
    const choice = values.get(parameter);
    if (typeof choice !== 'string' || !Object.hasOwn(byChoice, choice)) return [];
    return [{ file: fragmentFile(parameter, choice), text: byChoice[choice] ?? '' }];
  });
  return [{ file: `${name}.radl`, text: radl }, ...chosen];
}

export function fragmentFile(parameter: string, choice: string): string {
  return `${parameter}.${choice}.radl`;
}

/** The RADL document for values that fit their parameters, read and checked. */
export function assemble(description: ServiceDescription, values: Values): Assembly {
  const texts = new Map([...values].map(([name, value]) => [name, textOfValue(value)]));
  const parts = partsOf(description, values).map(({ file, text }) => ({
    file,
    text: `${fillIn(text, texts).trimEnd()}\n`,
  }));
  const radl = parts.map(({ text }) => text).join('\n');
  const { document, diagnostics } = readRadl(radl, { dialect: description.dialect });
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  return {
    radl: withoutInputs(radl, document),
    document,
    problems: errors.map((error) => problemOf(error, parts)),
  };
}

/** Nothing is left to fill in. */
function withoutInputs(radl: string, { inputs }: RadlDocument): string {
  const spans = inputs.map(({ span }) => span).toSorted((one, other) => other.start - one.start);
  return spans.reduce(
    (text, { start, end }) => text.slice(0, start) + text.slice(end).replace(/^[ \t]*\r?\n/, ''),
    radl,
  );
}

/** A diagnostic of the whole text, at its line of the file that the line comes from. */
function problemOf({ code, message, hint, span }: Diagnostic, parts: readonly Part[]): ServiceProblem {
  let line = span.line;
  let file = parts[0]?.file ?? '';
  for (const part of parts) {
    file = part.file;
    const lines = countLines(part.text) + 1;
    if (line <= lines) break;
    line -= lines;
  }
  return {
    place: `${file}:${line}`,
    message: `${code}: ${message}${hint === undefined ? '' : ` (${hint})`}`,
  };
}
