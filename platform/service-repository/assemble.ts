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
function partsOf({ name, radl, parameters, fragments }: ServiceDescription, values: Values): readonly Part[] {
  const chosen = parameters.flatMap((parameter): Part[] => {
    const choice = values.get(parameter.name);
    if (typeof choice !== 'string') return [];
    const text = Object.hasOwn(fragments, parameter.name) ? fragments[parameter.name]?.[choice] : undefined;
    return text === undefined ? [] : [{ file: fragmentFile(parameter.name, choice), text }];
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
  return { radl, document, problems: errors.map((error) => problemOf(error, parts)) };
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
