import type { Recipe, WantedApplication } from '@trencadis/contextualization';
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
  const recipe = recipeOf(group.map(({ configure }) => configure));
  const { step, configure } = first;
  return [{ step, configurator: configuratorOf(first), recipe, applications: [], span: configure.span }];
}

/** `with TOOL` says it; resource lines are Puppet's; a text is Ansible's when it is YAML, as IM's are, else Puppet's. */
function configuratorOf({ tool, configure: { body } }: AppliedConfigure): string {
  if (tool !== undefined) return tool.replaceAll('_', '-').toLowerCase();
  return body.kind === 'recipe' && isYaml(body.text) ? 'ansible' : 'puppet';
}

function isYaml(text: string): boolean {
  const first = text.split('\n').find((line) => /^\s*[^\s#]/.test(line)) ?? '';
  return /^(---|- |\w+:(\s|$)|\$ANSIBLE_VAULT)/.test(first.trimStart());
}

/** Resource lines, or texts, of several configures are one recipe. */
function recipeOf(configures: readonly RadlConfigure[]): Recipe {
  const texts = configures.flatMap(({ body }) => (body.kind === 'recipe' ? [body.text] : []));
  // Of YAML, each is a document of its own; to Puppet a line of dashes would be an error.
  const separator = texts.every(isYaml) ? '\n---\n' : '\n';
  if (texts.length > 0) return { kind: 'text', text: texts.join(separator) };
  const lines = configures.flatMap(({ body }) => (body.kind === 'resource-lines' ? body.lines : []));
  return {
    kind: 'resource-lines',
    lines: lines.map(({ type, title, attributes }) => ({ type, title, attributes })),
  };
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
