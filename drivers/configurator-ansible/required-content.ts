import type { PlayList } from './read-recipe.ts';

type Data = Readonly<Record<string, unknown>>;

/** Roles and collections by name. */
export interface RequiredContent {
  readonly roles: ReadonlySet<string>;
  /** `namespace.name`. */
  readonly collections: ReadonlySet<string>;
}

const taskLists = ['pre_tasks', 'tasks', 'post_tasks', 'handlers', 'block', 'rescue', 'always'] as const;
const roleTasks: ReadonlySet<string> = new Set([
  'include_role',
  'import_role',
  'ansible.builtin.include_role',
  'ansible.builtin.import_role',
]);
const ownCollections: ReadonlySet<string> = new Set(['ansible.builtin', 'ansible.legacy']);

/** What the plays use by name; names that are only known while they run are left to Ansible. */
export function requiredContent(lists: readonly PlayList[]): RequiredContent {
  const found = { roles: new Set<string>(), collections: new Set<string>() };
  for (const play of lists.flatMap(({ data }) => data)) {
    for (const name of listOf(play['collections'])) addCollection(name, found.collections);
    for (const role of listOf(play['roles'])) addRole(roleName(role), found);
    for (const task of tasksOf(play)) readTask(task, found);
  }
  return found;
}

interface Found {
  readonly roles: Set<string>;
  readonly collections: Set<string>;
}

function readTask(task: Data, found: Found): void {
  for (const [key, value] of Object.entries(task)) {
    if (roleTasks.has(key)) addRole(isData(value) ? value['name'] : nameArgument(value), found);
    const [, collection] = /^([a-z_]\w*\.[a-z_]\w*)\.\w[\w.]*$/.exec(key) ?? [];
    if (collection !== undefined) addCollection(collection, found.collections);
  }
}

/** A role of a collection has two dots in its name, one of Galaxy one, one of one's own none. */
function addRole(name: unknown, { roles, collections }: Found): void {
  if (typeof name !== 'string' || name.includes('{{')) return;
  const [, collection] = /^(\w+\.\w+)\.\w+$/.exec(name) ?? [];
  if (collection === undefined) roles.add(name);
  else addCollection(collection, collections);
}

function addCollection(name: unknown, collections: Set<string>): void {
  if (typeof name === 'string' && !ownCollections.has(name)) collections.add(name);
}

function tasksOf(holder: Data): readonly Data[] {
  const tasks = taskLists.flatMap((key) => listOf(holder[key])).filter((task) => isData(task));
  return tasks.flatMap((task) => [task, ...tasksOf(task)]);
}

function roleName(role: unknown): unknown {
  return isData(role) ? (role['role'] ?? role['name']) : role;
}

/** `include_role: name=x tasks_from=y`. */
function nameArgument(value: unknown): unknown {
  return typeof value === 'string' ? /\bname=([\w.-]+)/.exec(value)?.[1] : undefined;
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

function isData(value: unknown): value is Data {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
