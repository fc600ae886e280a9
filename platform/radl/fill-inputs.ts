import { DiagnosticList, type Problem } from './diagnostics.ts';
import { detectDialect } from './dialect.ts';
import { type InputParameter, type InputValue, acceptInput, inputsOf } from './inputs.ts';
import { type LexerResult, lexRadl } from './lexer.ts';
import type { Diagnostic, Dialect, Span } from './model.ts';
import { Suggestions } from './nearest.ts';
import { parseLexed } from './parse.ts';
import { PlaceMap } from './place-map.ts';
import { replacePlaceholders } from './placeholders.ts';

/** By name of the input; numbers and booleans may be texts. */
export type InputValues = Readonly<Record<string, unknown>>;

export interface FillOptions {
  /** Default: what the text says. In dialect `im` nothing is filled. */
  readonly dialect?: Dialect;
  /** Put an example in the place of a value that is missing, and do not report it: to check a template. */
  readonly canLackValues?: boolean;
  /** Values that no input asks for are for somebody else: do not report them. */
  readonly canHaveOtherValues?: boolean;
}

export interface FilledInputs {
  /** The document with a value in the place of every `@input.NAME@`; the `input` sections stay. */
  readonly text: string;
  /** Missing, unknown and wrong inputs, at their place in the text given. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Fills in the `@input.NAME@` of a document. In quotes a value becomes part of the text, escaped; in a recipe it is
 * put in as it is, on one line; elsewhere a number is a number and all else a text in quotes.
 */
export function fillInputs(text: string, values: InputValues, options: FillOptions = {}): FilledInputs {
  const { places, diagnostics } = locateInputs(text, values, options);
  return { text: places.text, diagnostics };
}

/** As `fillInputs`, with the way back to places in the text given. */
export function locateInputs(
  text: string,
  values: InputValues,
  options: FillOptions,
): { readonly places: PlaceMap; readonly diagnostics: readonly Diagnostic[] } {
  const dialect = options.dialect ?? detectDialect(text);
  if (dialect === 'im') return { places: new PlaceMap(text, []), diagnostics: [] };
  const lexed = lexRadl(text, dialect);
  const inputs = inputsIn(lexed, text, dialect);
  const found = new DiagnosticList();
  const chosen = new Map(inputs.map((input) => [input.name, chooseValue(input, values, options, found)]));
  if (options.canHaveOtherValues !== true) reportUnknown(values, chosen, found);
  const filling = { text, lexed, inputs, chosen, report: (problem: Problem) => found.add(problem) };
  const replacements = replacePlaceholders(filling);
  return { places: new PlaceMap(text, replacements), diagnostics: found.inOrder() };
}

/** Placeholders outside quotes break the features they stand in, never a section of inputs. */
function inputsIn(
  { tokens, problems }: LexerResult,
  text: string,
  dialect: Dialect,
): readonly InputParameter[] {
  return inputsOf(parseLexed({ tokens: [...tokens], problems }, text, dialect).document);
}

function chooseValue(
  input: InputParameter,
  values: InputValues,
  { canLackValues = false }: FillOptions,
  found: DiagnosticList,
): InputValue {
  const { name, span, defaultValue } = input;
  const isGiven = Object.hasOwn(values, name) && values[name] !== undefined;
  const given = isGiven ? values[name] : defaultValue;
  if (given === undefined) {
    const message = `input ${name} has no default and needs a value`;
    if (!canLackValues) found.add({ code: 'RADL335', span, message, hint: `give ${name}=...` });
    return exampleOf(input);
  }
  const accepted = acceptInput(input, given);
  if (accepted.kind === 'value') return accepted.value;
  // A default that does not fit is the checker's to report.
  if (isGiven) reportRefused(input, { ...accepted, given }, found);
  return exampleOf(input);
}

function reportRefused(
  { name, type, span }: InputParameter,
  {
    message,
    candidates = [],
    given,
  }: { readonly message: string; readonly candidates?: readonly string[]; readonly given: unknown },
  found: DiagnosticList,
): void {
  const best = typeof given === 'string' ? new Suggestions().nearest(given, candidates) : undefined;
  const shown = type === 'password' ? '' : `, not ${shortened(given)}`;
  found.add({
    code: 'RADL336',
    span,
    message: `input ${name} ${message}${shown}`,
    hint: best === undefined ? undefined : `give '${best}'`,
  });
}

function shortened(given: unknown): string {
  const text = typeof given === 'string' ? `'${given}'` : (JSON.stringify(given) ?? typeof given);
  return text.length > 60 ? `${text.slice(0, 60)}...` : text;
}

function exampleOf({ type, choices, min, max }: InputParameter): InputValue {
  if (type === 'number') return min ?? Math.min(1, max ?? 1);
  if (type === 'boolean') return 'no';
  return type === 'choice' ? (choices[0] ?? '') : 'Example-1';
}

function reportUnknown(
  values: InputValues,
  known: ReadonlyMap<string, InputValue>,
  found: DiagnosticList,
): void {
  const suggestions = new Suggestions();
  const start: Span = { start: 0, end: 0, line: 1, column: 1 };
  for (const name of Object.keys(values)) {
    if (known.has(name)) continue;
    const best = suggestions.nearest(name, known.keys());
    const hint = best === undefined ? undefined : `give ${best}=...`;
    found.add({ code: 'RADL333', span: start, message: `the document has no input "${name}"`, hint });
  }
}
