import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { cacheKeyOf } from './cache-key.ts';
import { type Recipe, loadRecipe } from './recipe.ts';
import { temporaryFolder } from './testing/temporary-folder.ts';

const text = JSON.stringify({ id: 'base', suite: 'bookworm', sourceDateEpoch: 1, packages: ['sudo'] });

async function makeFolder(): Promise<string> {
  return await temporaryFolder({ 'base/recipe.json': text, 'base/files/etc/motd': 'Welcome.' });
}

it('is the same for the same content in another folder', async () => {
  const [one, other] = [
    await loadRecipe('base', await makeFolder()),
    await loadRecipe('base', await makeFolder()),
  ];
  expect(await cacheKeyOf(one)).toBe(await cacheKeyOf(other));
});

it.each<[string, (path: string) => Promise<void>]>([
  ['its content', async (path) => await writeFile(path, 'Farewell.')],
  ['its mode', async (path) => await chmod(path, 0o755)],
])('changes when a file changes %s', async (_what, change) => {
  const folder = await makeFolder();
  const before = await cacheKeyOf(await loadRecipe('base', folder));
  await change(join(folder, 'base/files/etc/motd'));
  expect(await cacheKeyOf(await loadRecipe('base', folder))).not.toBe(before);
});

it.each<Partial<Recipe>>([
  { packages: ['dbus'] },
  { customize: [['true']] },
  { sourceDateEpoch: 2 },
  { node: true },
])('changes with the recipe: %j', async (changes) => {
  const recipe = await loadRecipe('base', await makeFolder());
  expect(await cacheKeyOf({ ...recipe, ...changes })).not.toBe(await cacheKeyOf(recipe));
});
