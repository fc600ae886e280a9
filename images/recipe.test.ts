import { expect, it } from 'vitest';
import { listRecipes, loadRecipe } from './recipe.ts';
import { temporaryFolder } from './testing/temporary-folder.ts';

const base = { id: 'base', suite: 'bookworm', sourceDateEpoch: 1, packages: ['sudo'] };

function text(changes: object): string {
  return JSON.stringify({ ...base, ...changes });
}

it('loads every recipe of this repository', async () => {
  const ids = await listRecipes();
  const recipes = await Promise.all(ids.map((id) => loadRecipe(id)));
  expect(recipes.map(({ id }) => id)).toEqual([
    'base-toolkits',
    'load-balancer',
    'machine-base',
    'postgresql',
  ]);
});

it('gives the base toolkits a Node and a Puppet, and PostgreSQL no Node', async () => {
  const [toolkits, postgresql] = await Promise.all([loadRecipe('base-toolkits'), loadRecipe('postgresql')]);
  expect(toolkits.node).toBe(true);
  expect(postgresql.node).toBe(false);
  for (const { packages } of [toolkits, postgresql]) {
    expect(packages).toEqual(expect.arrayContaining(['puppet-agent', 'openssh-server', 'systemd-sysv']));
  }
  expect(postgresql.packages).toContain('postgresql-15');
});

it('puts what is extended first, and lets a file of the heir win', async () => {
  const folder = await temporaryFolder({
    'base/recipe.json': text({ customize: [['true']] }),
    'base/files/etc/a': 'of the base',
    'base/files/etc/b': 'of the base',
    'heir/recipe.json': text({
      id: 'heir',
      extends: 'base',
      packages: ['sudo', 'dbus'],
      customize: [['false']],
    }),
    'heir/files/etc/b': 'of the heir',
  });
  const recipe = await loadRecipe('heir', folder);
  expect(recipe).toMatchObject({ id: 'heir', packages: ['sudo', 'dbus'], customize: [['true'], ['false']] });
  expect(recipe.files.map(({ source }) => source.slice(folder.length))).toEqual([
    '/base/files/etc/a',
    '/heir/files/etc/b',
  ]);
});

it.each([
  [
    { packages: ['sudo', 'Not A Package'] },
    'images/base/recipe.json: packages.1: must be the name of a Debian package.',
  ],
  [{ suite: 'buster' }, /images\/base\/recipe\.json: suite: /],
  [{ customize: [[]] }, /images\/base\/recipe\.json: customize\.0: /],
  [{ nodejs: true }, /images\/base\/recipe\.json: recipe: .*nodejs/],
  [{ id: 'other' }, /images\/base\/recipe\.json: id: is 'other', but the folder is 'base'/],
])('names the file and the field of a bad recipe: %j', async (changes, message) => {
  const folder = await temporaryFolder({ 'base/recipe.json': text(changes) });
  await expect(loadRecipe('base', folder)).rejects.toMatchObject({
    code: 'invalid-argument',
    message: expect.stringMatching(message),
  });
});

it('says all problems of a recipe at once', async () => {
  const folder = await temporaryFolder({
    'base/recipe.json': text({ suite: 'buster', sourceDateEpoch: -1 }),
  });
  await expect(loadRecipe('base', folder)).rejects.toThrow(/suite: .*; sourceDateEpoch: /);
});

it('names the file that is not JSON', async () => {
  const folder = await temporaryFolder({ 'base/recipe.json': '{' });
  await expect(loadRecipe('base', folder)).rejects.toThrow(/^images\/base\/recipe\.json: is not JSON/);
});

it('names the recipes there are when asked for another', async () => {
  const folder = await temporaryFolder({ 'base/recipe.json': text({}) });
  await expect(loadRecipe('voms', folder)).rejects.toMatchObject({
    code: 'not-found',
    message: "No image recipe 'voms': there are base.",
  });
});

it('refuses recipes that extend each other', async () => {
  const folder = await temporaryFolder({
    'base/recipe.json': text({ extends: 'heir' }),
    'heir/recipe.json': text({ id: 'heir', extends: 'base' }),
  });
  await expect(loadRecipe('heir', folder)).rejects.toThrow('heir extends base extends heir');
});
