import { type AcceptedInput, type InputParameter, acceptInput, inputsOf, readRadl } from '@trencadis/radl';
import type { ComponentParameter, ParameterValue, ServiceDescription, ServiceParameter } from './model.ts';

/** All that whoever deploys the service decides: the inputs of its RADL text, then the parameters of its components. */
export function parametersOf(description: ServiceDescription): readonly ServiceParameter[] {
  return [
    ...inputsIn(description).map(parameterOfInput),
    ...description.parameters.map((parameter) => ({ ...parameter, target: 'components' as const })),
  ];
}

/** The `input` sections of the main text. */
function inputsIn({ radl, dialect }: ServiceDescription): readonly InputParameter[] {
  return inputsOf(readRadl(radl, { dialect, canLackValues: true }).document);
}

function parameterOfInput(input: InputParameter): ServiceParameter {
  const { name, type, help = '', defaultValue, choices, min, max } = input;
  return {
    name,
    type,
    help,
    target: 'document',
    isRequired: defaultValue === undefined,
    ...(defaultValue === undefined ? {} : { default: defaultValue }),
    ...(choices.length === 0 ? {} : { choices }),
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
  };
}

/** A value as the parameter of a component takes it: numbers and booleans also as the texts of a command line. */
export function acceptValue(
  { name, type, choices = [] }: ComponentParameter,
  given: ParameterValue,
): { readonly value: ParameterValue } | { readonly message: string } {
  if (type === 'json') return { value: given };
  const span = { start: 0, end: 0, line: 1, column: 1 };
  const accepted: AcceptedInput = acceptInput({ name, type, choices, span }, given);
  if (accepted.kind === 'refused') return { message: accepted.message };
  return { value: type === 'boolean' ? accepted.value === 'yes' : accepted.value };
}

/** Why a value of an input cannot stand in RADL text exactly as it is. */
export function problemOfText(value: ParameterValue): string | undefined {
  if (typeof value !== 'string') return undefined;
  if (/\\(?:['\\]|$)/.test(value))
    return 'has a backslash before a quote, another backslash or its end, which RADL cannot write';
  if (/[\p{Cc}\p{Zl}\p{Zp}]/u.test(value)) return 'has line breaks or other control characters';
  if (value.includes('@input.')) return "has '@input.', and what is filled in is not filled in again";
  return undefined;
}
