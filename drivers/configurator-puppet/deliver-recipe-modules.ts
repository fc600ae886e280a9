import { sha256OfJson } from '@trencadis/ids';
import type { PlacedComponents } from './deliver-components.ts';
import type { RootShell } from './root-shell.ts';

const folder = '/var/lib/trencadis/recipe-modules';

export interface RecipeModules {
  /** Names of modules by the file names of their archives. */
  readonly archives: ReadonlyMap<string, string>;
  readonly placed: PlacedComponents;
  /** Where our own module is on the machine. */
  readonly modulePath: string;
}

/** Unpacks the modules that a recipe brings with it, unless these very ones are there. Answers the whole module path. */
export async function deliverRecipeModules(root: RootShell, modules: RecipeModules): Promise<string> {
  const { archives, placed, modulePath } = modules;
  if (archives.size === 0) return modulePath;
  const found = [...archives].flatMap(([file, name]) => {
    const component = placed[file];
    return component === undefined ? [] : [{ name, ...component }];
  });
  const path = `${folder}/${sha256OfJson(found.map(({ name, digest }) => [name, digest]))}`;
  const whole = `${modulePath}:${path}`;
  if ((await root.run(['test', '-d', path])).exitCode === 0) return whole;
  const draft = `${path}.partial`;
  await root.must(['rm', '-rf', '--', folder]);
  await root.must(['install', '-d', '-m', '0755', '--', draft]);
  for (const { name, path: archive } of found)
    await root.must([
      '/bin/sh',
      `${modulePath}/trencadis/files/unpack-module.sh`,
      archive,
      `${draft}/${name}`,
    ]);
  await root.must(['mv', '--no-target-directory', '--', draft, path]);
  return whole;
}
