import type { ResourceLine } from '@trencadis/contextualization';
import { coreTypes } from './core-types.ts';
import { type Field, absolutePath } from './field.ts';
import { nearestName } from './nearest-name.ts';

interface RecipeType {
  readonly title: Field;
  readonly required: Readonly<Record<string, Field>>;
  readonly optional: Readonly<Record<string, Field>>;
  /** The component files that a line needs. */
  readonly components: (line: ResourceLine) => readonly (string | undefined)[];
  /** What is wrong with the attributes together. */
  readonly problem?: (line: ResourceLine) => string | undefined;
}

const fileName: Field = { pattern: /^\w[\w.+-]*$/, mustBe: 'the name of a component file' };

/** The defined types of the Puppet module `trencadis` that a recipe may use; a test holds the two to each other. */
export const recipeTypes: Readonly<Record<string, RecipeType>> = {
  add_user: {
    title: {
      pattern: /^[a-z_][a-z0-9_-]{0,31}$/,
      mustBe: 'a user name: lower-case letters, digits, _ and -, at most 32',
    },
    required: {},
    optional: {
      shell: absolutePath,
      home: absolutePath,
      groups: { pattern: /^[a-z0-9_, -]*$/, mustBe: 'group names separated by commas' },
    },
    components: () => [],
  },
  deploy_gs: {
    title: { pattern: /^\w[\w.+-]*\.gar$/, mustBe: 'the name of a service archive, ending in .gar' },
    required: {},
    optional: {},
    components: ({ title }) => [title],
  },
  create_database: {
    title: {
      pattern: /^[A-Za-z_]\w{0,62}$/,
      mustBe: 'a database name: letters, digits and _, at most 63, not a digit first',
    },
    required: { file: fileName },
    optional: {},
    components: ({ attributes }) => [attributes['file']],
  },
};

/** The account that every deployed service runs under. */
const serviceUser = 'trencadis';

/** Puppet's own types, in the same shape as ours. */
const typesOfPuppet: Readonly<Record<string, RecipeType>> = Object.fromEntries(
  Object.entries(coreTypes).map(([name, { title, attributes, problem }]) => {
    const type = { title, required: {}, optional: attributes, components: () => [] };
    return [name, problem === undefined ? type : { ...type, problem }];
  }),
);

/** A recipe's lines follow each other, which is what these say. */
const relations = ['require', 'before', 'notify', 'subscribe'];

export function problemsOfLines(lines: readonly ResourceLine[]): readonly string[] {
  return [...lines.flatMap(problemsOfLine), ...repeated(lines), ...withoutUser(lines)];
}

export const nameOf = ({ type, title }: ResourceLine): string => `${type} {'${title}'}`;

/** What is neither ours nor Puppet's is a module's, which says what it takes. */
export const isOfModule = (line: ResourceLine): boolean => typeOf(line) === undefined;

function problemsOfLine(line: ResourceLine): readonly string[] {
  const type = typeOf(line);
  const name = nameOf(line);
  if (!type) {
    return relations
      .filter((key) => Object.hasOwn(line.attributes, key))
      .map((key) => `${name}: '${key}' is for texts; lines are applied one after the other.`);
  }
  const title = type.title.pattern.test(line.title)
    ? []
    : [`${name}: the title must be ${type.title.mustBe}.`];
  const together = type.problem?.(line);
  return [
    ...title,
    ...problemsOfAttributes(line, type),
    ...(together === undefined ? [] : [`${name}: ${together}.`]),
  ];
}

function problemsOfAttributes(line: ResourceLine, { required, optional }: RecipeType): readonly string[] {
  const fields = { ...required, ...optional };
  const missing = Object.entries(required)
    .filter(([key]) => !Object.hasOwn(line.attributes, key))
    .map(([key, { mustBe }]) => `${nameOf(line)}: the attribute '${key}' is missing; it must be ${mustBe}.`);
  const wrong = Object.entries(line.attributes).flatMap(([key, value]) => {
    const field = Object.hasOwn(fields, key) ? fields[key] : undefined;
    if (!field)
      return [`${nameOf(line)} has no attribute '${key}'; ${nearestName(key, Object.keys(fields))}.`];
    return field.pattern.test(value) ? [] : [`${nameOf(line)}: '${key}' must be ${field.mustBe}.`];
  });
  return [...missing, ...wrong];
}

function repeated(lines: readonly ResourceLine[]): readonly string[] {
  const names = lines.map(nameOf);
  const twice = new Set(names.filter((name, index) => names.indexOf(name) !== index));
  return [...twice].map((name) => `${name} stands there more than once; keep one.`);
}

function withoutUser(lines: readonly ResourceLine[]): readonly string[] {
  const deploy = lines.findIndex(({ type }) => type === 'deploy_gs');
  const user = lines.findIndex(({ type, title }) => type === 'add_user' && title === serviceUser);
  const first = lines[deploy];
  if (first === undefined || (user !== -1 && user < deploy)) return [];
  return [
    `${nameOf(first)}: services run as the user '${serviceUser}'; add add_user {'${serviceUser}': } before it.`,
  ];
}

/** As Puppet knows the line's type. */
export function resourceTypeOf({ type }: ResourceLine): string {
  return Object.hasOwn(recipeTypes, type) ? `trencadis::${type}` : type;
}

/** The component files that a line names. */
export function filesOf(line: ResourceLine): readonly string[] {
  return (typeOf(line)?.components(line) ?? []).filter((file) => file !== undefined);
}

function typeOf({ type }: ResourceLine): RecipeType | undefined {
  return [recipeTypes, typesOfPuppet].find((types) => Object.hasOwn(types, type))?.[type];
}
