import { parseRadl } from '@trencadis/radl';
import { fragmentFile } from './assemble.ts';
import { combinationsOf, maxCombinations } from './combinations.ts';
import type { ServiceDescription, ServiceParameter, ServiceProblem } from './model.ts';
import { acceptValue, parametersOf } from './parameters.ts';

/** What RADL itself does not check of the parameters: those of components, recipes, and the fragments of choices. */
export function checkParameters(description: ServiceDescription): readonly ServiceProblem[] {
  const parameters = parametersOf(description);
  return [
    ...parameters.flatMap((parameter, index) => declarationProblems(parameter, parameters.slice(0, index))),
    ...recipeProblems(description),
    ...fragmentProblems(description, parameters),
    ...tooManyCombinations(description),
  ];
}

/** Of an input, RADL says the rest. */
function declarationProblems(
  parameter: ServiceParameter,
  before: readonly ServiceParameter[],
): readonly ServiceProblem[] {
  const { name, type, target, choices, isRequired, default: value } = parameter;
  if (target === 'document') return [];
  const accepted = value === undefined ? undefined : acceptValue(parameter, value);
  const found = [
    before.some((other) => other.name === name) && 'is declared twice; keep one',
    (type === 'choice') !== (choices !== undefined) && "'choices' belong to the type choice, and only to it",
    isRequired && value !== undefined && 'has a default, so it is not required; remove one of them',
    accepted !== undefined && 'message' in accepted && `its default does not fit: it ${accepted.message}`,
  ];
  return found.flatMap((message) =>
    message === false ? [] : [{ place: `service.json: parameters.${name}`, message }],
  );
}

/** In a recipe no value is safe: it would be read as a part of the recipe. */
function recipeProblems(description: ServiceDescription): readonly ServiceProblem[] {
  return [...radlFilesOf(description)].flatMap(([file, text]) =>
    parseRadl(text, { dialect: description.dialect }).document.configures.flatMap(({ id, body, span }) =>
      body.kind === 'recipe' && body.text.includes('@input.')
        ? [
            {
              place: `${file}:${span.line}:${span.column}`,
              message: `the recipe of ${id} has an @input.NAME@, where no value is safe; use it in a feature or a resource line`,
            },
          ]
        : [],
    ),
  );
}

function radlFilesOf({ name, radl, fragments }: ServiceDescription): ReadonlyMap<string, string> {
  const added = Object.entries(fragments).flatMap(([parameter, byChoice]) =>
    Object.entries(byChoice).map(([choice, text]) => [fragmentFile(parameter, choice), text] as const),
  );
  return new Map([[`${name}.radl`, radl], ...added]);
}

function fragmentProblems(
  { fragments }: ServiceDescription,
  parameters: readonly ServiceParameter[],
): readonly ServiceProblem[] {
  return Object.entries(fragments).flatMap(([name, byChoice]) => {
    const input = parameters.find((each) => each.name === name && each.target === 'document');
    const choices = input?.choices ?? [];
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
  if (combinationsOf(description).length > 0) return [];
  const message = `the inputs whose choices add RADL text make more than ${maxCombinations} combinations, or none; split the service`;
  return [{ place: `${description.name}.radl`, message }];
}
