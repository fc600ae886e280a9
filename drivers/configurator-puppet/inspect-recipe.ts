import type {
  ConfigurationJob,
  OfferedComponent,
  Recipe,
  RecipeInspection,
  ResourceLine,
  WantedApplication,
} from '@trencadis/contextualization';
import { PlatformError } from '@trencadis/errors';
import { usesOf } from './manifest-uses.ts';
import { moduleOfFile } from './offered-modules.ts';
import { filesOf, isOfModule, nameOf, problemsOfLines, recipeTypes } from './recipe-types.ts';
import { scanManifest } from './scan-manifest.ts';
import { type Use, usedModules } from './used-modules.ts';

export const linesOf = (recipe: Recipe): readonly ResourceLine[] => recipe.lines ?? [];

/** What a recipe needs and makes, read from its lines and its text alone. */
export function inspectRecipe(
  recipe: Recipe,
  _applications: readonly WantedApplication[] = [],
  offered: readonly OfferedComponent[] = [],
): RecipeInspection {
  const lines = linesOf(recipe);
  const { uses, problems } = readRecipe(recipe);
  const modules = usedModules(uses, offered, Object.keys(recipeTypes));
  return {
    problems: [...problems, ...modules.problems],
    componentFiles: [...new Set([...lines.flatMap(filesOf), ...modules.componentFiles])],
    databases: lines.filter(({ type }) => type === 'create_database').map(({ title }) => title),
    usesPeers: recipe.kind === 'text' && /\bpeers\b/.test(recipe.text),
  };
}

interface ReadRecipe {
  readonly uses: readonly Use[];
  readonly problems: readonly string[];
}

function readRecipe(recipe: Recipe): ReadRecipe {
  const lines = linesOf(recipe);
  const text = readText(recipe);
  return {
    uses: [...lines.filter(isOfModule).map(useOfLine), ...text.uses],
    problems: [...problemsOfLines(lines), ...text.problems],
  };
}

function useOfLine(line: ResourceLine): Use {
  return { kind: 'type', name: line.type, place: nameOf(line) };
}

/** These two need what the platform finds in lines only: files of the component repository, a database's login. */
const linesOnly = new Set(['trencadis::deploy_gs', 'trencadis::create_database']);

function readText(recipe: Recipe): ReadRecipe {
  if (recipe.kind === 'resource-lines') return { uses: [], problems: [] };
  const { tokens, problem } = scanManifest(recipe.text);
  if (problem !== undefined) return { uses: [], problems: [problem] };
  const uses = usesOf(tokens).map(({ kind, name, line }) => ({ kind, name, place: `line ${line}` }));
  const problems = uses
    .filter(({ name }) => linesOnly.has(name))
    .map(({ place, name }) => {
      const type = name.slice('trencadis::'.length);
      return `${place}: write ${type} as a resource line, in a configure without a text: the platform sees there what it needs.`;
    });
  return { uses, problems };
}

const fileName = /^\w[\w.+-]*$/;

/** Says before the machine is touched what would fail there. */
export function checkJob({ vmName, recipe, components }: ConfigurationJob): void {
  const delivered = new Set(components.map((component) => component.fileName));
  const { uses, problems } = readRecipe(recipe);
  const all = [
    ...problems,
    ...linesOf(recipe).flatMap((line) => undelivered(line, delivered)),
    ...modulesMissing(uses, delivered),
    ...[...delivered]
      .filter((name) => !fileName.test(name))
      .map((name) => `a component's file name cannot be '${name}'.`),
  ];
  if (all.length === 0) return;
  throw new PlatformError('invalid-argument', `The recipe for VM ${vmName}: ${all.join(' ')}`, {
    subject: vmName,
  });
}

function undelivered(line: ResourceLine, delivered: ReadonlySet<string>): readonly string[] {
  return filesOf(line)
    .filter((file) => !delivered.has(file))
    .map((file) => `${nameOf(line)} needs the component ${file}, which was not delivered.`);
}

/** Which module has a type whose name does not say it, only Puppet knows now. */
function modulesMissing(uses: readonly Use[], delivered: ReadonlySet<string>): readonly string[] {
  const there = new Set(['trencadis', ...[...delivered].flatMap((file) => moduleOfFile(file) ?? [])]);
  if (there.size === 1) return usedModules(uses, [], Object.keys(recipeTypes)).problems;
  const missing = uses.flatMap(({ kind, name, place }) => {
    const [module = ''] = name.split('::');
    const isCertain = kind !== 'type' || name.includes('::');
    return isCertain && !there.has(module)
      ? [`${place} needs the module ${module}, which was not delivered.`]
      : [];
  });
  return [...new Set(missing)];
}

/** Archives of modules among the components: those that no line names. */
export function moduleArchives({ recipe, components }: ConfigurationJob): ReadonlyMap<string, string> {
  const named = new Set(linesOf(recipe).flatMap(filesOf));
  return new Map(
    components.flatMap(({ fileName: file }) => {
      const module = named.has(file) ? undefined : moduleOfFile(file);
      return module === undefined ? [] : [[file, module] as const];
    }),
  );
}
