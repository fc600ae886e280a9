import { type Node, type Pair, type YAMLMap, isNode, isScalar } from 'yaml';

/** The keywords of a play in ansible-core 2.14. */
const playKeys: ReadonlySet<string> = new Set(
  `any_errors_fatal become become_exe become_flags become_method become_user check_mode collections connection debugger
   diff environment fact_path force_handlers gather_facts gather_subset gather_timeout handlers hosts ignore_errors
   ignore_unreachable max_fail_percentage module_defaults name no_log order port post_tasks pre_tasks remote_user roles
   run_once serial strategy tags tasks throttle timeout user vars vars_files vars_prompt`.split(/\s+/),
);

const localHosts: ReadonlySet<unknown> = new Set(['localhost', '127.0.0.1', '::1']);

type LineOf = (node: Node) => number;

/** What keeps a play from running on the VM that it is for, each with its line. */
export function problemsOfPlay(play: YAMLMap, lineOf: LineOf): readonly string[] {
  const line = lineOf(play);
  const keys = play.items.map(({ key }) => textOf(key));
  if (!keys.some((key) => playKeys.has(key) && key !== 'name') && !keys.some(isPlaybookImport)) {
    return [`line ${line}: this is no play; a task belongs under the key tasks of a play.`];
  }
  return play.items.flatMap((pair) => {
    const problem = problemOfPair(pair);
    return problem === undefined ? [] : [`line ${isNode(pair.key) ? lineOf(pair.key) : line}: ${problem}`];
  });
}

function problemOfPair({ key, value }: Pair): string | undefined {
  const name = textOf(key);
  const told = isScalar(value) ? value.value : undefined;
  if (isPlaybookImport(name)) return 'there are no other playbooks to import; write the plays here.';
  if (name === 'vars_prompt') return 'nobody is there to answer vars_prompt; use @input.NAME@ or vars.';
  if (name === 'hosts' && localHosts.has(told))
    return `hosts: ${String(told)} would be the platform itself, and a recipe is for VMs; leave hosts out.`;
  if (name === 'connection' && told === 'local')
    return 'connection: local would be the platform itself, and a recipe is for VMs; leave it out.';
  if (!playKeys.has(name)) return `a play has no key '${name}'.`;
  return undefined;
}

const isPlaybookImport = (key: string): boolean => /^(ansible\.builtin\.)?import_playbook$/.test(key);

const textOf = (key: unknown): string => (isScalar(key) ? String(key.value) : '');
