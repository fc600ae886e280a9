import { type Values, fragmentFile } from './assemble.ts';
import type { ParameterType, ParameterValue, ServiceDescription, ServiceParameter } from './model.ts';
import { parametersOf } from './parameters.ts';

/** As many documents as registration reads for one description. */
export const maxCombinations = 100;

/** Values that fit, once for each combination of the choices that add RADL text. Empty when there are too many. */
export function sampleValues(description: ServiceDescription): readonly Values[] {
  const { fragments } = description;
  const parameters = parametersOf(description);
  const choosing = parameters.filter(({ name }) => Object.hasOwn(fragments, name));
  const count = choosing.reduce((product, { choices = [] }) => product * choices.length, 1);
  if (count > maxCombinations) return [];
  const samples = parameters.map((parameter) => [parameter.name, sampleOf(parameter)] as const);
  return combinationsOf(choosing).map((choices) => new Map([...samples, ...choices]));
}

function combinationsOf(
  parameters: readonly ServiceParameter[],
): readonly (readonly (readonly [string, string])[])[] {
  return parameters.reduce<readonly (readonly (readonly [string, string])[])[]>(
    (combinations, { name, choices = [] }) =>
      combinations.flatMap((combination) =>
        choices.map((choice) => [...combination, [name, choice] as const]),
      ),
    [[]],
  );
}

function sampleOf(parameter: ServiceParameter): ParameterValue {
  const { type, choices = [], min } = parameter;
  return parameter.default ?? min ?? choices[0] ?? samples[type];
}

const samples: Readonly<Record<ParameterType, ParameterValue>> = {
  string: 'example',
  number: 1,
  boolean: true,
  choice: '',
  password: 'Example-0',
  json: {},
};

/** Every RADL file of the description, by name. */
export function radlFilesOf({ name, radl, fragments }: ServiceDescription): ReadonlyMap<string, string> {
  const added = Object.entries(fragments).flatMap(([parameter, byChoice]) =>
    Object.entries(byChoice).map(([choice, text]) => [fragmentFile(parameter, choice), text] as const),
  );
  return new Map([[`${name}.radl`, radl], ...added]);
}
