import { existsSync } from 'node:fs';
import type { Recipe, RecipeInspection, WantedApplication } from '@trencadis/contextualization';
import { contentOfApplication } from './applications.ts';
import { type ReadRecipe, readRecipe } from './read-recipe.ts';
import { requiredContent } from './required-content.ts';

/** Where Debian's package `ansible` and an operator put collections. */
const hostCollections = [
  '/usr/lib/python3/dist-packages/ansible_collections',
  '/usr/share/ansible/collections/ansible_collections',
];

/** A whole recipe in Ansible-Vault; what it holds is known only where its password is. */
export const isEncrypted = (text: string): boolean => text.trimStart().startsWith('$ANSIBLE_VAULT;');

/** The file of the component repository that gives a role or a collection. */
const componentFileOf = (name: string): string => `${name}.tar.gz`;

/**
 * What a recipe needs. Nothing is downloaded while machines are configured: a role `X` and a collection `N.X` come from
 * the components `X.tar.gz` and `N.X.tar.gz`, a collection also from this host.
 */
export function inspectRecipe(
  recipe: Recipe,
  applications: readonly WantedApplication[] = [],
): RecipeInspection {
  const asked = applications.filter(({ isInImage }) => isInImage !== true).map(contentOfApplication);
  const problems = asked.flatMap((content) => content.problem ?? []);
  const fromApplications = asked.flatMap(({ content }) => content ?? []);
  const read = readText(recipe);
  const { roles, collections } = requiredContent(read.lists);
  const missing = [...collections].filter((name) => !isOnHost(name));
  const names = new Set([...roles, ...missing, ...fromApplications]);
  const strange = [...names].filter((name) => !/^[A-Za-z0-9_][\w.-]*$/.test(name));
  return {
    problems: [
      ...read.problems,
      ...problems,
      ...strange.map((name) => `'${name}' is no name of a role or collection; give it by its plain name.`),
    ],
    componentFiles: [...names].filter((name) => !strange.includes(name)).map(componentFileOf),
    databases: [],
    // The inventory and /etc/hosts name every machine.
    usesPeers: true,
  };
}

function readText(recipe: Recipe): ReadRecipe {
  if (recipe.kind === 'resource-lines' || recipe.lines !== undefined) {
    return {
      lists: [],
      problems: ['these are resource lines, which Puppet takes; Ansible takes plays in YAML.'],
    };
  }
  return isEncrypted(recipe.text) ? { lists: [], problems: [] } : readRecipe(recipe.text);
}

function isOnHost(collection: string): boolean {
  const path = collection.replace('.', '/');
  return hostCollections.some((folder) => existsSync(`${folder}/${path}`));
}
