import { fragmentFile } from './assemble.ts';
import { problemOfValue } from './check-value.ts';
import type { ServiceDescription, ServiceParameter, ServiceProblem } from './model.ts';
import { type Placeholder, placeholdersOf } from './placeholders.ts';
import { maxCombinations, radlFilesOf, sampleValues } from './sample-values.ts';

/** Parameters against themselves, the placeholders of the RADL text, and its fragments. */
export function checkParameters(description: ServiceDescription): readonly ServiceProblem[] {
  const { parameters } = description;
  return [
    ...parameters.flatMap((parameter, index) => declarationProblems(parameter, index, parameters)),
    ...placeholderProblems(description),
    ...unusedParameters(description),
    ...fragmentProblems(description),
    ...tooManyCombinations(description),
  ];
}

function declarationProblems(
  parameter: ServiceParameter,
  index: number,
  all: readonly ServiceParameter[],
): readonly ServiceProblem[] {
  const { name, type, target, isRequired } = parameter;
  const found: (string | false)[] = [
    all.findIndex((other) => other.name === name) < index && 'is declared twice; keep one',
    (type === 'choice') !== (parameter.choices !== undefined) &&
      "'choices' belong to the type choice, and only to it",
    type === 'json' && target === 'document' && "json is for components: set target to 'components'",
    isRequired &&
      parameter.default !== undefined &&
      'has a default, so it is not required; remove one of them',
    target === 'document' &&
      !isRequired &&
      parameter.default === undefined &&
      'stands in the document, so it needs a default or isRequired: true',
  ];
  const place = `service.json: parameters.${name}`;
  const problems = found.flatMap((message) => (message === false ? [] : [{ place, message }]));
  return [...problems, ...valueProblems(parameter, place)];
}

function valueProblems(parameter: ServiceParameter, place: string): readonly ServiceProblem[] {
  return (['default', 'example'] as const).flatMap((key) => {
    const value = parameter[key];
    const message = value === undefined ? undefined : problemOfValue(parameter, value);
    return message === undefined ? [] : [{ place: `${place}.${key}`, message }];
  });
}

function placeholderProblems(description: ServiceDescription): readonly ServiceProblem[] {
  return [...radlFilesOf(description)].flatMap(([file, text]) =>
    placeholdersOf(text).flatMap((placeholder) => {
      const message = problemOfPlaceholder(placeholder, description.parameters);
      return message === undefined ? [] : [{ place: `${file}:${placeholder.line}`, message }];
    }),
  );
}

function problemOfPlaceholder(
  { name, where }: Placeholder,
  parameters: readonly ServiceParameter[],
): string | undefined {
  const parameter = parameters.find((each) => each.name === name);
  if (parameter === undefined)
    return `@input.${name}@ is not declared; add '${name}' to the parameters of service.json`;
  if (parameter.target === 'components')
    return `@input.${name}@ is handed to the components; set its target to 'document' to use it here`;
  if (where === 'recipe')
    return `@input.${name}@ stands in a recipe, where no value is safe; use it in a feature or a resource line`;
  if (where === 'bare' && parameter.type !== 'number')
    return `@input.${name}@ is no number; put it in quotes`;
  return undefined;
}

function unusedParameters(description: ServiceDescription): readonly ServiceProblem[] {
  const used = new Set(
    [...radlFilesOf(description).values()].flatMap((text) => placeholdersOf(text).map(({ name }) => name)),
  );
  return description.parameters
    .filter(({ name, target }) => target === 'document' && !used.has(name))
    .filter(({ name }) => !Object.hasOwn(description.fragments, name))
    .map(({ name }) => ({
      place: `service.json: parameters.${name}`,
      message: `is not used: no @input.${name}@ and no fragment ${name}.<choice>.radl is there`,
    }));
}

function fragmentProblems({ parameters, fragments }: ServiceDescription): readonly ServiceProblem[] {
  return Object.entries(fragments).flatMap(([name, byChoice]) => {
    const choices = parameters.find((each) => each.name === name && each.type === 'choice')?.choices ?? [];
    const unknown = Object.keys(byChoice).filter((choice) => !choices.includes(choice));
    const absent = choices.filter((choice) => !Object.hasOwn(byChoice, choice));
    return [
      ...unknown.map((choice) => ({
        place: fragmentFile(name, choice),
        message: `'${choice}' is no choice of a parameter '${name}'; declare it or remove the file`,
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
  const message = `the choices that add RADL text make more than ${maxCombinations} combinations; split the service`;
  return [{ place: 'service.json: parameters', message }];
}
