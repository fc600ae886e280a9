import {
  type Recipe,
  type RecipeInspection,
  isScript,
  maxUserDataBytes,
  splitUserData,
} from '@trencadis/contextualization';
import { isMap, parseDocument } from 'yaml';

/** A recipe is a cloud-config or a script. Keys that we do not know are cloud-init's to judge: its modules are many. */
export function inspectRecipe(recipe: Recipe): RecipeInspection {
  return { problems: problemsOf(recipe), componentFiles: [], databases: [], usesPeers: false };
}

function problemsOf(recipe: Recipe): readonly string[] {
  if (recipe.kind === 'resource-lines' || recipe.lines !== undefined)
    return ['cloud-init takes no resource lines: write a text that begins with #cloud-config or #!.'];
  const bytes = Buffer.byteLength(recipe.text);
  const tooLong =
    bytes > maxUserDataBytes
      ? [`it has ${bytes} bytes, and VM managers take ${maxUserDataBytes} bytes of user data.`]
      : [];
  return [...tooLong, ...splitUserData(recipe.text).flatMap(problemsOfPart)];
}

function problemsOfPart(text: string): readonly string[] {
  if (isScript(text)) return [];
  const [header = ''] = text.split('\n', 1);
  if (header.trim() !== '#cloud-config')
    return [
      `its first line is '${header.slice(0, 60)}': begin with #cloud-config or, for a script, with #!.`,
    ];
  const { errors, contents } = parseDocument(text, { version: '1.1', uniqueKeys: true, logLevel: 'silent' });
  const [error] = errors;
  if (error) {
    const [message = ''] = error.message.split(/ at line |\n/);
    return [`line ${error.linePos?.[0].line ?? 1}: it is not YAML: ${message}.`];
  }
  return isMap(contents) ? [] : ['a cloud-config is a mapping of keys such as packages or runcmd.'];
}
