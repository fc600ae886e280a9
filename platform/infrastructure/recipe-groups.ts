import { type Recipe, type WantedApplication, joinUserData } from '@trencadis/contextualization';
import { isAnsibleContent } from '@trencadis/image-catalog';
import {
  type AppliedConfigure,
  type Dialect,
  type RadlConfigure,
  type RadlDocument,
  type RadlSystem,
  type Span,
  applicationsOf,
  configureOf,
  isYamlRecipe,
} from '@trencadis/radl';

/** What one configurator applies to a system in one step of its contextualization. */
export interface RecipeGroup {
  readonly step: number;
  /** As the document names it, or as its text shows. */
  readonly configurator: string;
  readonly recipe: Recipe;
  /** To be seen to before the recipe. */
  readonly applications: readonly WantedApplication[];
  readonly span: Span;
}

/** In the order of their steps. Applications that nobody else installs are Ansible's, first of all. */
export function recipeGroupsOf(
  document: RadlDocument,
  system: RadlSystem,
  dialect: Dialect,
): readonly RecipeGroup[] {
  const applied = configureOf(document, system.id);
  const groups = [
    ...Map.groupBy(applied, (each) => JSON.stringify([each.step, configuratorOf(each)])).values(),
  ].flatMap(groupOf);
  // `contextualize ()` is how a document says that nothing is to be done.
  const applications = document.contextualize?.items.length === 0 ? [] : toInstall(system, dialect);
  if (applications.length === 0) return groups;
  const first = groups.find(({ configurator }) => configurator === 'ansible');
  if (first) return groups.map((group) => (group === first ? { ...group, applications } : group));
  const step = groups[0]?.step ?? 1;
  const recipe: Recipe = { kind: 'text', text: '' };
  return [{ step, configurator: 'ansible', recipe, applications, span: system.span }, ...groups];
}

function groupOf(group: readonly AppliedConfigure[]): RecipeGroup[] {
  const [first] = group;
  if (first === undefined) return [];
  const configurator = configuratorOf(first);
  const recipe = recipeOf(
    group.map(({ configure }) => configure),
    configurator,
  );
  const { step, configure } = first;
  return [{ step, configurator, recipe, applications: [], span: configure.span }];
}

/** `with TOOL` says it; resource lines are Puppet's; a text is Ansible's when it is YAML, as IM's are, else Puppet's. */
function configuratorOf({ tool, configure: { body } }: AppliedConfigure): string {
  if (tool !== undefined) return tool.replaceAll('_', '-').toLowerCase();
  return body.kind === 'recipe' && isYamlRecipe(body.text) ? 'ansible' : 'puppet';
}

/** Resource lines and texts of several configures are one recipe. */
function recipeOf(configures: readonly RadlConfigure[], configurator: string): Recipe {
  const texts = configures.flatMap(({ body }) => (body.kind === 'recipe' ? [body.text] : []));
  if (texts.length > 0 && configurator === 'cloud-init') return { kind: 'text', text: joinUserData(texts) };
  // Of YAML, each is a document of its own; to Puppet a line of dashes would be an error.
  const separator = texts.every(isYamlRecipe) ? '\n---\n' : '\n';
  const lines = configures
    .flatMap(({ body }) => (body.kind === 'resource-lines' ? body.lines : []))
    .map(({ type, title, attributes }) => ({ type, title, attributes }));
  if (texts.length === 0) return { kind: 'resource-lines', lines };
  return { kind: 'text', text: texts.join(separator), ...(lines.length === 0 ? {} : { lines }) };
}

/** All that are asked for, where one of them need not be in the image. */
function toInstall(system: RadlSystem, dialect: Dialect): readonly WantedApplication[] {
  const all = applicationsOf(system);
  const isOptional = dialect === 'im';
  const mayLack = all.some(({ name, preinstalled = !isOptional }) => !preinstalled || isAnsibleContent(name));
  if (!mayLack) return [];
  return all.map(({ name, version, path, preinstalled = !isOptional }) => ({
    name,
    ...(version === undefined ? {} : { version }),
    ...(path === undefined ? {} : { path }),
    ...(preinstalled && !isAnsibleContent(name) ? { isInImage: true } : {}),
  }));
}
