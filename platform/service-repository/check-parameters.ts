import { fragmentFile } from './assemble.ts';
import { problemOfValue } from './check-value.ts';
import type { ServiceDescription, ServiceParameter, ServiceProblem } from './model.ts';
import { parametersOf } from './parameters.ts';
import { type Placeholder, namesIn, placeholdersOf } from './placeholders.ts';
import { maxCombinations, radlFilesOf, sampleValues } from './sample-values.ts';

/** Parameters against themselves, the placeholders of the RADL text, and its fragments. */
export function checkParameters(description: ServiceDescription): readonly ServiceProblem[] {
  const parameters = parametersOf(description);
  return [
    ...parameters.flatMap((parameter, index) => declarationProblems(parameter, parameters.slice(0, index))),
    ...placeholderProblems(description, parameters),
    ...unusedInputs(description, parameters),
    ...fragmentProblems(description, parameters),
    ...tooManyCombinations(description),
  ];
}

function placeOf({ name, target }: ServiceParameter): string {
  return target === 'document' ? `input ${name}` : `service.json: parameters.${name}`;
}

function declarationProblems(
  parameter: ServiceParameter,
  before: readonly ServiceParameter[],
): readonly ServiceProblem[] {
  const { name, type, choices, isRequired, default: value } = parameter;
  const found: (string | undefined | false)[] = [
    before.some((other) => other.name === name) && 'is declared twice; keep one',
    (type === 'choice') !== (choices !== undefined) && "'choices' belong to the type choice, and only to it",
    isRequired && value !== undefined && 'has a default, so it is not required; remove one of them',
    value !== undefined && problemOfValue(parameter, value),
  ];
  return found.flatMap((message) =>
    typeof message === 'string' ? [{ place: placeOf(parameter), message }] : [],
  );
}

function placeholderProblems(
  description: ServiceDescription,
  parameters: readonly ServiceParameter[],
): readonly ServiceProblem[] {
  return [...radlFilesOf(description)].flatMap(([file, text]) =>
    placeholdersOf(text).flatMap((placeholder) => {
      const message = problemOfPlaceholder(placeholder, parameters);
      return message === undefined ? [] : [{ place: `${file}:${placeholder.line}`, message }];
    }),
  );
}

function problemOfPlaceholder(
  { name, where }: Placeholder,
  parameters: readonly ServiceParameter[],
): string | undefined {
  const parameter = parameters.find((each) => each.name === name);
  if (parameter === undefined) return `@input.${name}@ is not declared; add a section input ${name} (...)`;
  if (parameter.target === 'components')
    return `@input.${name}@ is a parameter of the components; declare an input of another name`;
  if (where === 'recipe')
    return `@input.${name}@ stands in a recipe, where no value is safe; use it in a feature or a resource line`;
  if (where === 'bare' && parameter.type !== 'number')
    return `@input.${name}@ is no number; put it in quotes`;
  return undefined;
}

function unusedInputs(
  description: ServiceDescription,
  parameters: readonly ServiceParameter[],
): readonly ServiceProblem[] {
  const used = new Set([...radlFilesOf(description).values()].flatMap(namesIn));
  return parameters
    .filter(({ name, target }) => target === 'document' && !used.has(name))
    .filter(({ name }) => !Object.hasOwn(description.fragments, name))
    .map((parameter) => ({
      place: placeOf(parameter),
      message: `is not used: there is no @input.${parameter.name}@ and no fragment ${parameter.name}.<choice>.radl`,
    }));
}

function fragmentProblems(
  { fragments }: ServiceDescription,
  parameters: readonly ServiceParameter[],
): readonly ServiceProblem[] {
  return Object.entries(fragments).flatMap(([name, byChoice]) => {
    const choices =
      parameters.find((each) => each.name === name && each.target === 'document')?.choices ?? [];
    const unknown = Object.keys(byChoice).filter((choice) => !choices.includes(choice));
    const absent = choices.filter((choice) => !Object.hasOwn(byChoice, choice));
    return [
      ...unknown.map((choice) => ({
        place: fragmentFile(name, choice),
        message: `'${choice}' is no choice of an input '${name}'; declare it or remove the file`,
      })),
      ...absent.map((choice) => ({
        place: fragmentFile(name, choice),
        message: `is missing: every choice of '${name}' needs its fragment, an empty one where it adds nothing`,
      })),
    ];
  });
}

function tooManyCombinations(description: ServiceDescription): readonly ServiceProblem[] {
  if (sampleValues(description).length > 0) return [];
  const message = `the inputs whose choices add RADL text make more than ${maxCombinations} combinations; split the service`;
  return [{ place: `${description.name}.radl`, message }];
}
