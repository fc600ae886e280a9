import { type Values, assemble } from './assemble.ts';
import { problemOfValue } from './check-value.ts';
import type {
  ParameterValue,
  RenderedService,
  ServiceDescription,
  ServiceParameter,
  ServiceProblem,
} from './model.ts';
import { parametersOf } from './parameters.ts';

export type Rendered =
  | ({ readonly kind: 'rendered' } & RenderedService)
  | { readonly kind: 'problems'; readonly problems: readonly ServiceProblem[] };

/**
 * The RADL document of a registered description for these values, or everything wrong with them at once. A value
 * stays inside the text or the number that its placeholder stands for, whatever it holds.
 */
export function renderService(
  description: ServiceDescription,
  given: Readonly<Record<string, ParameterValue>>,
): Rendered {
  const all = parametersOf(description);
  const { values, problems } = takeValues(all, given);
  if (problems.length > 0) return { kind: 'problems', problems };
  const assembly = assemble(description, values);
  if (assembly.problems.length > 0) return { kind: 'problems', problems: assembly.problems };
  const parameters = description.parameters.flatMap(({ name }) => {
    const value = values.get(name);
    return value === undefined ? [] : [[name, value] as const];
  });
  const { radl } = assembly;
  return {
    kind: 'rendered',
    radl,
    dialect: description.dialect,
    parameters: Object.fromEntries(parameters),
  };
}

interface Taken {
  readonly values: Values;
  readonly problems: readonly ServiceProblem[];
}

function takeValues(
  parameters: readonly ServiceParameter[],
  given: Readonly<Record<string, ParameterValue>>,
): Taken {
  const values = new Map<string, ParameterValue>();
  const problems = unknownNames(parameters, Object.keys(given));
  for (const parameter of parameters) {
    const value = Object.hasOwn(given, parameter.name) ? given[parameter.name] : parameter.default;
    if (value !== undefined) values.set(parameter.name, value);
    const message = value === undefined ? missing(parameter) : (problemOfValue(parameter, value) ?? '');
    if (message !== '') problems.push({ place: parameter.name, message });
  }
  return { values, problems };
}

function missing({ isRequired, help }: ServiceParameter): string {
  return isRequired ? `must be given${help && `: ${help}`}` : '';
}

function unknownNames(parameters: readonly ServiceParameter[], names: readonly string[]): ServiceProblem[] {
  const known = parameters.map(({ name }) => name);
  const list = known.length > 0 ? `its parameters are ${known.join(', ')}` : 'it has none';
  return names
    .filter((name) => !known.includes(name))
    .map((name) => ({ place: name, message: `is no parameter of this service; ${list}` }));
}
