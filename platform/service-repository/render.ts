import { assemble } from './assemble.ts';
import type {
  ComponentParameter,
  ParameterValue,
  RenderedService,
  ServiceDescription,
  ServiceParameter,
  ServiceProblem,
} from './model.ts';
import { acceptValue, parametersOf, problemOfText } from './parameters.ts';

export type Rendered =
  | ({ readonly kind: 'rendered' } & RenderedService)
  | { readonly kind: 'problems'; readonly problems: readonly ServiceProblem[] };

type Values = Readonly<Record<string, ParameterValue>>;

/**
 * The RADL document of a registered description for these values, or everything wrong with them at once. A value
 * stays inside the text or the number that its placeholder stands for, whatever it holds.
 */
export function renderService(description: ServiceDescription, given: Values): Rendered {
  const parameters = parametersOf(description);
  const inputs = parameters.filter(({ target }) => target === 'document');
  const values = pick(given, inputs);
  const handed = takeComponentValues(description.parameters, given);
  const choices = choicesOf(description, inputs, values);
  const { radl, problems: radlProblems } = assemble(description, { values, choices });
  const problems = [
    ...unknownNames(parameters, Object.keys(given)),
    ...textProblems(values),
    ...radlProblems,
    ...handed.problems,
  ];
  if (problems.length > 0) return { kind: 'problems', problems };
  return { kind: 'rendered', radl, dialect: description.dialect, parameters: handed.values };
}

function pick(given: Values, parameters: readonly ServiceParameter[]): Values {
  const names = new Set(parameters.map(({ name }) => name));
  return Object.fromEntries(Object.entries(given).filter(([name]) => names.has(name)));
}

/** A choice that does not fit adds nothing; that it does not fit is said of its input. */
function choicesOf(
  { fragments }: ServiceDescription,
  inputs: readonly ServiceParameter[],
  values: Values,
): Readonly<Record<string, string>> {
  const made = inputs.flatMap(({ name, default: byDefault }) => {
    const choice = values[name] ?? byDefault;
    return Object.hasOwn(fragments, name) && typeof choice === 'string' ? [[name, choice] as const] : [];
  });
  return Object.fromEntries(made);
}

function textProblems(values: Values): readonly ServiceProblem[] {
  return Object.entries(values).flatMap(([name, value]) => {
    const message = problemOfText(value);
    return message === undefined ? [] : [{ place: name, message: `${message}; give another value` }];
  });
}

function takeComponentValues(parameters: readonly ComponentParameter[], given: Values) {
  const values: Record<string, ParameterValue> = {};
  const problems: ServiceProblem[] = [];
  for (const parameter of parameters) {
    const { name, help, isRequired } = parameter;
    const value = Object.hasOwn(given, name) ? given[name] : parameter.default;
    if (value === undefined) {
      if (isRequired) problems.push({ place: name, message: `must be given: ${help}` });
      continue;
    }
    const accepted = acceptValue(parameter, value);
    if ('message' in accepted) problems.push({ place: name, message: accepted.message });
    else values[name] = accepted.value;
  }
  return { values, problems };
}

function unknownNames(
  parameters: readonly ServiceParameter[],
  names: readonly string[],
): readonly ServiceProblem[] {
  const known = parameters.map(({ name }) => name);
  const list = known.length > 0 ? `its parameters are ${known.join(', ')}` : 'it has none';
  return names
    .filter((name) => !known.includes(name))
    .map((name) => ({ place: name, message: `is no parameter of this service; ${list}` }));
}
