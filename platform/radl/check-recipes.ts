import type { Checking } from './checking.ts';
import { isYamlRecipe, recipeProblem } from './recipe-yaml.ts';

/** Tools whose recipes are YAML. A recipe without a tool is IM's Ansible's; in our dialects it may be Puppet's too. */
const yamlTools: ReadonlySet<string> = new Set(['Ansible', 'cloud_init']);
const placeholder = /@input\.[\w.-]+@/g;

/** Recipes are YAML. IM says so of every recipe, we of those that Ansible or cloud-init reads. */
export function checkRecipes(checking: Checking): void {
  const isIm = checking.dialect === 'im';
  const others = isIm ? new Set<string>() : readByOtherTools(checking);
  const yaml = readByYamlTools(checking);
  for (const { id, body, span } of checking.document.configures) {
    if (body.kind !== 'recipe' || others.has(id)) continue;
    if (!isIm && !yaml.has(id) && !isYamlRecipe(body.text)) continue;
    // What stands for a value is filled in before anything reads the recipe.
    const text = isIm ? body.text : body.text.replace(placeholder, 'x');
    const problem = recipeProblem(text, !isIm);
    if (problem === undefined) continue;
    const place = problem.line === undefined ? '' : `line ${problem.line} of `;
    const message = `${place}the recipe of configure ${id} is not YAML: ${problem.message}`;
    checking.report({ code: 'RADL324', span, message });
  }
}

function readByYamlTools({ document }: Checking): ReadonlySet<string> {
  const items = document.contextualize?.items ?? [];
  return new Set(
    items
      .filter(({ tool }) => tool !== undefined && yamlTools.has(tool))
      .map(({ configureId }) => configureId),
  );
}

function readByOtherTools(checking: Checking): ReadonlySet<string> {
  const items = checking.document.contextualize?.items ?? [];
  const byConfigure = Map.groupBy(items, ({ configureId }) => configureId);
  return new Set(
    [...byConfigure]
      .filter(([, uses]) => uses.every(({ tool = 'Ansible' }) => !yamlTools.has(tool)))
      .map(([id]) => id),
  );
}
