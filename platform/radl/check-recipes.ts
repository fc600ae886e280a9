import type { Checking } from './checking.ts';
import { isYamlRecipe, recipeProblem } from './recipe-yaml.ts';

/** Tools whose recipes are YAML. A recipe without a tool is IM's Ansible's; in our dialects it may be Puppet's too. */
const yamlTools: ReadonlySet<string> = new Set(['Ansible', 'cloud_init']);
const placeholder = /@input\.[\w.-]+@/g;

/** Recipes are YAML. IM says so of every recipe, we of those that Ansible or cloud-init reads. */
export function checkRecipes(checking: Checking): void {
  const isIm = checking.dialect === 'im';
  const isYaml = isIm ? () => true : yamlRecipes(checking);
  for (const { id, body, span } of checking.document.configures) {
    if (body.kind !== 'recipe' || !isYaml(id, body.text)) continue;
    // What stands for a value is filled in before anything reads the recipe.
    const text = isIm ? body.text : body.text.replace(placeholder, 'x');
    const problem = recipeProblem(text, !isIm);
    if (problem === undefined) continue;
    const place = problem.line === undefined ? '' : `line ${problem.line} of `;
    const message = `${place}the recipe of configure ${id} is not YAML: ${problem.message}`;
    checking.report({ code: 'RADL324', span, message });
  }
}

/** Whether one of our recipes is YAML: by the tools that are to read it, or, where none is named, by its looks. */
function yamlRecipes({ document }: Checking): (configureId: string, text: string) => boolean {
  const items = document.contextualize?.items ?? [];
  const tools = Map.groupBy(items, ({ configureId }) => configureId);
  return (configureId, text) => {
    const uses = tools.get(configureId) ?? [{ tool: undefined }];
    return uses.some(({ tool }) => (tool === undefined ? isYamlRecipe(text) : yamlTools.has(tool)));
  };
}
