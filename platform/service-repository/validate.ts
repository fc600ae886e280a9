import { type Assembly, assemble } from './assemble.ts';
import { type ServiceOffers, checkNeeds, checkPresence } from './check-needs.ts';
import { checkParameters } from './check-parameters.ts';
import { combinationsOf } from './combinations.ts';
import type { ServiceDescription, ServiceProblem } from './model.ts';

/**
 * Everything that would be wrong at deploy time, now: parameters, RADL text for every combination of choices, and
 * whether the other two repositories have what it needs (paper 4.3, Table 3). Empty: it may be registered.
 */
export function validateService(
  description: ServiceDescription,
  offers: ServiceOffers,
): readonly ServiceProblem[] {
  const assemblies = combinationsOf(description).map((choices) =>
    assemble(description, { values: choices, choices, canLackValues: true }),
  );
  const radlProblems = assemblies.flatMap(({ problems }) => problems);
  const documents = assemblies.map(({ document }) => document);
  // What an unreadable document chooses and names is not known.
  const isReadable = documents.length > 0 && radlProblems.length === 0;
  return withoutRepeats([
    ...checkParameters(description),
    ...radlProblems,
    ...unusedInputs(description, assemblies),
    ...checkPresence(description, offers),
    ...(isReadable ? checkNeeds(description, documents, offers) : []),
  ]);
}

/** An input has to be of use in some combination: filled in, or choosing a fragment. */
function unusedInputs(
  { name: service, fragments }: ServiceDescription,
  assemblies: readonly Assembly[],
): readonly ServiceProblem[] {
  const [first, ...others] = assemblies;
  const unused = (first?.unusedInputs ?? [])
    .filter((name) => others.every(({ unusedInputs: names }) => names.includes(name)))
    .filter((name) => !Object.hasOwn(fragments, name));
  return unused.map((name) => ({
    place: `${service}.radl`,
    message: `input ${name} is not used: there is no @input.${name}@ and no fragment ${name}.<choice>.radl`,
  }));
}

function withoutRepeats(problems: readonly ServiceProblem[]): readonly ServiceProblem[] {
  return [...new Map(problems.map((problem) => [`${problem.place}\n${problem.message}`, problem])).values()];
}
