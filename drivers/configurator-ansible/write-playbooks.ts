import { type YAMLMap, isNode, isScalar } from 'yaml';
import type { ReadRecipe } from './read-recipe.ts';

/**
 * The recipe as playbooks, one a YAML document. As the Infrastructure Manager does, plays without `hosts` are given the
 * VM, and become root unless they say otherwise; all else stays as it was written.
 */
export function writePlaybooks(text: string, { lists }: ReadRecipe, vmName: string): readonly string[] {
  return lists.map((list) => {
    const inserted = list.plays.reduceRight((whole, play) => withHosts(whole, play, vmName), text);
    const end = list.end + inserted.length - text.length;
    const written = inserted
      .slice(list.start, end)
      .replace(/^---[ \t]*\n?/, '')
      .replace(/^\.\.\.[ \t]*$/m, '');
    return list.isSinglePlay ? asItem(written) : written;
  });
}

/** Inserts before the first key, in the same column. */
function withHosts(text: string, play: YAMLMap, vmName: string): string {
  const added = missingKeys(play, vmName);
  const [first] = play.items;
  if (added.length === 0 || !first || !isNode(first.key) || !first.key.range) return text;
  const [offset] = first.key.range;
  const column = offset - (text.lastIndexOf('\n', offset - 1) + 1);
  const between = play.flow === true ? ', ' : `\n${' '.repeat(column)}`;
  const lines = added.map((line) => `${line}${between}`).join('');
  return text.slice(0, offset) + lines + text.slice(offset);
}

function missingKeys(play: YAMLMap, vmName: string): readonly string[] {
  const keys = new Set(play.items.map(({ key }) => (isScalar(key) ? key.value : undefined)));
  const hosts = keys.has('hosts') ? [] : [`hosts: ${JSON.stringify(vmName)}`];
  return keys.has('become') ? hosts : [...hosts, 'become: true'];
}

function asItem(play: string): string {
  const lines = play.split('\n');
  const first = lines.findIndex((line) => line.trim() !== '' && !line.trimStart().startsWith('#'));
  return lines
    .map((line, index) => (index === first ? `- ${line}` : line === '' ? line : `  ${line}`))
    .join('\n');
}
