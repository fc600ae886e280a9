import { type Assembly, assemble } from './assemble.ts';
import { type ServiceOffers, checkNeeds } from './check-needs.ts';
import { checkParameters } from './check-parameters.ts';
import type { ServiceDescription, ServiceProblem } from './model.ts';
import { sampleValues } from './sample-values.ts';

/**
 * Everything that would be wrong at deploy time, now: parameters, RADL text for every combination of choices, and
 * whether the other two repositories have what it needs (paper 4.3, Table 3). Empty: it may be registered.
 */
export function validateService(
  description: ServiceDescription,
  offers: ServiceOffers,
): readonly ServiceProblem[] {
  const assemblies = sampleValues(description).map((values): Assembly => assemble(description, values));
  const readable = assemblies.filter(({ problems }) => problems.length === 0);
  return withoutRepeats([
    ...checkParameters(description),
    ...assemblies.flatMap(({ problems }) => problems),
    // What an unreadable document chooses and names is not known.
    ...(readable.length > 0 && readable.length === assemblies.length
      ? checkNeeds(
          description,
          readable.map(({ document }) => document),
          offers,
        )
      : []),
  ]);
}

function withoutRepeats(problems: readonly ServiceProblem[]): readonly ServiceProblem[] {
  return [...new Map(problems.map((problem) => [`${problem.place}\n${problem.message}`, problem])).values()];
}
