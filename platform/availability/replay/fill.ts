import { isNumber, isObject } from './trace-line.ts';

export interface FillOptions {
  readonly wrong: (problem: string) => Error;
  /** Where it stands, for people. */
  readonly path: string;
  /** Keys that defaults have none of, at any depth. */
  readonly optional?: readonly string[];
}

/** Defaults with what is given instead, of the same kinds; a key that means nothing is refused. */
export function fill<Filled extends object>(defaults: Filled, given: unknown, options: FillOptions): Filled {
  const { wrong, path, optional = [] } = options;
  if (!isObject(given)) throw wrong(`has a '${path}' that is no object`);
  const filled = Object.fromEntries(Object.entries(defaults)) as Record<string, unknown>;
  for (const [key, value] of Object.entries(given)) {
    const own = filled[key];
    if (own === undefined && !optional.includes(key))
      throw wrong(
        `has a '${path}.${key}', which means nothing there: ${Object.keys(defaults).join(', ')} do`,
      );
    filled[key] = isObject(own)
      ? fill(own, value, { ...options, path: `${path}.${key}` })
      : sameKind(own, value, { ...options, path: `${path}.${key}` });
  }
  return filled as Filled;
}

/** Of each element of a list; `undefined` where none is given. */
export function fillAll<Filled extends object>(
  defaults: Filled,
  given: unknown,
  options: FillOptions,
): readonly Filled[] | undefined {
  if (given === undefined) return undefined;
  if (!Array.isArray(given)) throw options.wrong(`has a '${options.path}' that is no list`);
  return given.map((each: unknown, index) =>
    fill(defaults, each, { ...options, path: `${options.path}.${index}` }),
  );
}

function sameKind(own: unknown, value: unknown, { wrong, path }: FillOptions): unknown {
  if (own === undefined) return value;
  const isSame = Array.isArray(own) ? Array.isArray(value) : typeof own === typeof value;
  if (isSame && (typeof value !== 'number' || isNumber(value))) return value;
  throw wrong(`has a '${path}' that is no ${Array.isArray(own) ? 'list' : typeof own}`);
}
