import type { ServiceDescription } from './model.ts';
import { parametersOf } from './parameters.ts';

/** As many documents as registration reads for one description. */
export const maxCombinations = 100;

type Choices = Readonly<Record<string, string>>;

/** Every combination of the choices that add RADL text; empty when there are too many. */
export function combinationsOf(description: ServiceDescription): readonly Choices[] {
  const { fragments } = description;
  const choosing = parametersOf(description).filter(({ name }) => Object.hasOwn(fragments, name));
  const count = choosing.reduce((product, { choices = [] }) => product * choices.length, 1);
  if (count > maxCombinations) return [];
  return choosing.reduce<readonly Choices[]>(
    (combinations, { name, choices = [] }) =>
      combinations.flatMap((combination) => choices.map((choice) => ({ ...combination, [name]: choice }))),
    [{}],
  );
}
