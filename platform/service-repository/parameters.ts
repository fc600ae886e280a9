import { type InputParameter, inputsOf, parseRadl } from '@trencadis/radl';
import type { ServiceDescription, ServiceParameter } from './model.ts';
import { fillIn, namesIn } from './placeholders.ts';

/** All that whoever deploys the service decides: the inputs of its RADL text, then the parameters of its components. */
export function parametersOf(description: ServiceDescription): readonly ServiceParameter[] {
  return [
    ...inputsIn(description).map(parameterOfInput),
    ...description.parameters.map((parameter) => ({ ...parameter, target: 'components' as const })),
  ];
}

/** The `input` sections of the main text. */
export function inputsIn({ radl, dialect }: ServiceDescription): readonly InputParameter[] {
  // RADL reads no `@input.NAME@` where a number stands, so that a number stands there while the inputs are read.
  const anyNumber = new Map(namesIn(radl).map((name) => [name, '1']));
  return inputsOf(parseRadl(fillIn(radl, anyNumber), { dialect }).document);
}

function parameterOfInput(input: InputParameter): ServiceParameter {
  const { name, type, help = '', defaultValue, choices, min, max } = input;
  const value = type === 'boolean' && defaultValue !== undefined ? defaultValue === 'yes' : defaultValue;
  return {
    name,
    type,
    help,
    target: 'document',
    isRequired: value === undefined,
    ...(value === undefined ? {} : { default: value }),
    ...(choices.length === 0 ? {} : { choices }),
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
  };
}
