import type { ConfigurationJob, Recipe, RecipeInspection, ResourceLine } from '@trencadis/contextualization';
import { PlatformError } from '@trencadis/errors';
import { nearestName } from './nearest-name.ts';

interface Field {
  readonly pattern: RegExp;
  /** Completes "must be ...". */
  readonly mustBe: string;
}

interface RecipeType {
  readonly title: Field;
  readonly required: Readonly<Record<string, Field>>;
  readonly optional: Readonly<Record<string, Field>>;
  /** The component files that a line needs. */
  readonly components: (line: ResourceLine) => readonly (string | undefined)[];
  /** Whether its title is a database that it makes. */
  readonly isDatabase?: true;
}

const absolutePath: Field = { pattern: /^\/[\w./-]*$/, mustBe: 'an absolute path' };
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
    isDatabase: true,
  },
};

/** The account that every deployed service runs under. */
const serviceUser = 'trencadis';

export function problemsOf(recipe: Recipe): readonly string[] {
  if (recipe.kind === 'text')
    return [
      "this is a recipe as text, and Puppet takes resource lines only: write lines such as add_user {'trencadis': }.",
    ];
  return [...recipe.lines.flatMap(problemsOfLine), ...repeated(recipe.lines), ...withoutUser(recipe.lines)];
}

const nameOf = ({ type, title }: ResourceLine): string => `${type} {'${title}'}`;

function problemsOfLine(line: ResourceLine): readonly string[] {
  const type = typeOf(line);
  if (!type) {
    const nearest = nearestName(line.type, Object.keys(recipeTypes));
    return [`there is no resource type '${line.type}'; ${nearest}.`];
  }
  const name = nameOf(line);
  const title = type.title.pattern.test(line.title)
    ? []
    : [`${name}: the title must be ${type.title.mustBe}.`];
  return [...title, ...problemsOfAttributes(line, type)];
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

/** What a recipe needs and makes, read from its lines alone. */
export function inspectRecipe(recipe: Recipe): RecipeInspection {
  const lines = recipe.kind === 'resource-lines' ? recipe.lines : [];
  return {
    problems: problemsOf(recipe),
    componentFiles: [...new Set(lines.flatMap(filesOf))],
    databases: lines.filter((line) => typeOf(line)?.isDatabase === true).map(({ title }) => title),
    usesPeers: recipe.kind === 'text' && /\bpeers\b/.test(recipe.text),
  };
}

/** Says before the machine is touched what would fail there. */
export function checkComponents({ vmName, recipe, components }: ConfigurationJob): void {
  const delivered = new Set(components.map((component) => component.fileName));
  const lines = recipe.kind === 'resource-lines' ? recipe.lines : [];
  const problems = [...problemsOf(recipe), ...lines.flatMap((line) => undelivered(line, delivered))];
  const badName = [...delivered].find((name) => !fileName.pattern.test(name));
  if (badName !== undefined) problems.push(`a component's file name cannot be '${badName}'.`);
  if (problems.length === 0) return;
  throw new PlatformError('invalid-argument', `The recipe for VM ${vmName}: ${problems.join(' ')}`, {
    subject: vmName,
  });
}

function undelivered(line: ResourceLine, delivered: ReadonlySet<string>): readonly string[] {
  return filesOf(line)
    .filter((file) => !delivered.has(file))
    .map((file) => `${nameOf(line)} needs the component ${file}, which was not delivered.`);
}

function filesOf(line: ResourceLine): readonly string[] {
  return (typeOf(line)?.components(line) ?? []).filter((file) => file !== undefined);
}

function typeOf({ type }: ResourceLine): RecipeType | undefined {
  return Object.hasOwn(recipeTypes, type) ? recipeTypes[type] : undefined;
}
