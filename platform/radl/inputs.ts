import { numberOf, textOf, textsOf } from './features.ts';
import type { RadlDocument, RadlInput, Span } from './model.ts';
import { inputTypes } from './parameter-keys.ts';

export type InputType = (typeof inputTypes)[number];
/** A boolean is 'yes' or 'no'. */
export type InputValue = string | number;

/** An `input` section as a form shows it. */
export interface InputParameter {
  readonly name: string;
  readonly type: InputType;
  /** Absent: a value must be given. */
  readonly defaultValue?: InputValue;
  /** Of a `choice`. */
  readonly choices: readonly string[];
  readonly min?: number;
  readonly max?: number;
  readonly help?: string;
  readonly span: Span;
}

/** The parameters of a document, in its order. */
export function inputsOf(document: RadlDocument): readonly InputParameter[] {
  return document.inputs.map(parameterOf);
}

export function parameterOf(input: RadlInput): InputParameter {
  const given = textOf(input, 'type') ?? 'string';
  const type = inputTypes.find((each) => each === given) ?? 'string';
  const defaultValue = numberOf(input, 'default') ?? textOf(input, 'default');
  const min = numberOf(input, 'min');
  const max = numberOf(input, 'max');
  const help = textOf(input, 'help');
  return {
    name: input.id,
    type,
    ...(defaultValue === undefined ? {} : { defaultValue }),
    choices: textsOf(input, 'choices'),
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
    ...(help === undefined ? {} : { help }),
    span: input.span,
  };
}

export type AcceptedInput =
  | { readonly kind: 'value'; readonly value: InputValue }
  | { readonly kind: 'refused'; readonly message: string; readonly candidates?: readonly string[] };

/** A value as the parameter takes it: numbers and booleans also as the texts a command line gives. */
export function acceptInput(parameter: InputParameter, given: unknown): AcceptedInput {
  return accepts[parameter.type](parameter, given);
}

type Accept = (parameter: InputParameter, given: unknown) => AcceptedInput;

const accepts: Readonly<Record<InputType, Accept>> = {
  string: acceptText,
  password: acceptText,
  number: acceptNumber,
  boolean: (_, given) => {
    if (given === true || given === 'yes' || given === 'true') return { kind: 'value', value: 'yes' };
    if (given === false || given === 'no' || given === 'false') return { kind: 'value', value: 'no' };
    return refused("takes 'yes' or 'no'");
  },
  choice: ({ choices }, given) => {
    if (typeof given === 'string' && choices.includes(given)) return { kind: 'value', value: given };
    const shown = choices.map((each) => `'${each}'`).join(', ');
    return { ...refused(`takes one of ${shown}`), candidates: choices };
  },
};

function acceptText(_: InputParameter, given: unknown): AcceptedInput {
  return typeof given === 'string' ? { kind: 'value', value: given } : refused('takes a text');
}

function acceptNumber({ min, max }: InputParameter, given: unknown): AcceptedInput {
  const isNumeral = typeof given === 'string' && /^\d+(\.\d+)?$/.test(given);
  const value = isNumeral ? Number(given) : given;
  if (typeof value !== 'number' || !Number.isFinite(value) || value < 0) {
    return refused('takes a number, without sign');
  }
  if (min !== undefined && value < min) return refused(`takes no number below ${min}`);
  if (max !== undefined && value > max) return refused(`takes no number above ${max}`);
  return { kind: 'value', value };
}

function refused(message: string): Extract<AcceptedInput, { kind: 'refused' }> {
  return { kind: 'refused', message };
}
