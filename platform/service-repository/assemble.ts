import {
  type Diagnostic,
  type RadlDocument,
  fillInputs,
  inputsOf,
  parseRadl,
  readRadl,
} from '@trencadis/radl';
import type { ParameterValue, ServiceDescription, ServiceProblem } from './model.ts';

export interface AssemblyOptions {
  /** Of inputs; those that are not given have their defaults. */
  readonly values: Readonly<Record<string, ParameterValue>>;
  /** The choices that add fragments. */
  readonly choices: Readonly<Record<string, string>>;
  /** Put examples in the place of missing values. */
  readonly canLackValues?: boolean;
}

export interface Assembly {
  readonly document: RadlDocument;
  /** Errors of the RADL text, at the files they stand in. */
  readonly problems: readonly ServiceProblem[];
  /** Names of inputs that nothing fills in. */
  readonly unusedInputs: readonly string[];
  readonly radl: string;
}

interface Part {
  readonly file: string;
  readonly text: string;
}

/** The files a document is made of: the main one, then the fragments of the choices made. */
function partsOf(
  { name, radl, fragments }: ServiceDescription,
  choices: AssemblyOptions['choices'],
): readonly Part[] {
  const chosen = Object.entries(choices).flatMap(([parameter, choice]): Part[] => {
    const text = fragments[parameter]?.[choice];
    return text === undefined ? [] : [{ file: fragmentFile(parameter, choice), text }];
  });
  return [{ file: `${name}.radl`, text: radl }, ...chosen].map(({ file, text }) => ({
    file,
    text: `${text.trimEnd()}\n`,
  }));
}

export function fragmentFile(parameter: string, choice: string): string {
  return `${parameter}.${choice}.radl`;
}

/** The RADL document for these values and choices, read and checked. */
export function assemble(description: ServiceDescription, options: AssemblyOptions): Assembly {
  const { dialect } = description;
  const { values, choices, canLackValues = false } = options;
  const parts = partsOf(description, choices);
  const text = parts.map((part) => part.text).join('\n');
  const { document, diagnostics } = readRadl(text, { dialect, inputs: values, canLackValues });
  const unused = new Set(diagnostics.flatMap(({ code, span }) => (code === 'RADL322' ? [span.start] : [])));
  return {
    document,
    problems: diagnostics
      .filter(({ severity }) => severity === 'error')
      .map((diagnostic) => problemOf(diagnostic, parts)),
    unusedInputs: document.inputs.filter(({ span }) => unused.has(span.start)).map(({ id }) => id),
    radl: withoutInputs(fillInputs(text, values, { dialect, canLackValues }).text, description),
  };
}

/** Nothing is left to fill in. */
function withoutInputs(filled: string, { dialect }: ServiceDescription): string {
  const spans = inputsOf(parseRadl(filled, { dialect }).document).map(({ span }) => span);
  return spans.reduceRight(
    (text, { start, end }) => text.slice(0, start) + text.slice(end).replace(/^[ \t]*\r?\n\n?/, ''),
    filled,
  );
}

/** A diagnostic of the whole text, at its line of the file that the line comes from. */
function problemOf({ code, message, hint, span }: Diagnostic, parts: readonly Part[]): ServiceProblem {
  let { line } = span;
  let file = '';
  for (const part of parts) {
    file = part.file;
    const lineCount = part.text.split('\n').length;
    if (line <= lineCount) break;
    line -= lineCount;
  }
  const remedy = hint === undefined ? '' : ` (${hint})`;
  return { place: `${file}:${line}:${span.column}`, message: `${code}: ${message}${remedy}` };
}
