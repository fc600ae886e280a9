import type { OfferedComponent } from '@trencadis/contextualization';
import { coreTypes, movedTypes, otherCoreTypes } from './core-types.ts';
import type { ManifestUse } from './manifest-uses.ts';
import { nearestName } from './nearest-name.ts';
import { type OfferedModule, modulesAmong } from './offered-modules.ts';
import { type ResolvedModules, resolveModules } from './resolve-modules.ts';

/** Where a recipe uses a name: `line 3`, `web::site {'x'}`. */
export interface Use extends Pick<ManifestUse, 'kind' | 'name'> {
  readonly place: string;
}

export interface UsedModules {
  /** Of the archives that the machine needs. */
  readonly componentFiles: readonly string[];
  readonly problems: readonly string[];
}

/** Resource types of Puppet itself. */
const ownTypes: ReadonlySet<string> = new Set([...Object.keys(coreTypes), ...otherCoreTypes]);

/**
 * The modules that a recipe and, in turn, its modules need, and what of it nobody defines. `lineTypes` are more types
 * that the recipe's author may have meant.
 */
export function usedModules(
  uses: readonly Use[],
  offered: readonly OfferedComponent[],
  lineTypes: readonly string[] = [],
): UsedModules {
  const available = modulesAmong(offered);
  const placed = uses
    .filter(({ kind, name }) => kind !== 'type' || !ownTypes.has(name))
    .map((use) => ({ use, module: moduleOf(use, available) }));
  const unknown = placed.filter(({ module }) => module === undefined).map(({ use }) => use);
  const wanted = placed.flatMap(({ use, module }) =>
    module === undefined ? [] : [{ module, range: '', by: use.place }],
  );
  const first = wanted.filter(
    ({ module }, index) => wanted.findIndex((each) => each.module === module) === index,
  );
  const resolved = resolveModules(first, offered);
  const types = [...lineTypes, ...ownTypes, ...available.flatMap((each) => each.types)];
  return {
    componentFiles: [...resolved.modules.values()].map(({ fileName }) => fileName),
    problems: [
      ...unknown.map(
        ({ place, name }) => `${place}: there is no resource type '${name}'; ${nearestName(name, types)}.`,
      ),
      ...resolved.problems.map((problem) => problem),
      ...placed.flatMap(({ use, module }) => undefinedIn(resolved, module, use)),
    ],
  };
}

/** A class and a defined type have their module's name in front, a type written in Ruby has not. */
function moduleOf({ kind, name }: Use, available: readonly OfferedModule[]): string | undefined {
  if (kind !== 'type' || name.includes('::')) return name.split('::')[0];
  const provider = available.find(({ types, manifests }) => types.includes(name) || manifests.includes(name));
  return provider?.shortName ?? (Object.hasOwn(movedTypes, name) ? movedTypes[name] : undefined);
}

function undefinedIn({ modules }: ResolvedModules, name: string | undefined, use: Use): readonly string[] {
  const module = name === undefined ? undefined : modules.get(name);
  if (module === undefined || use.kind === 'other') return [];
  const known = use.kind === 'type' ? [...module.manifests, ...module.types] : module.manifests;
  if (known.includes(use.name)) return [];
  const what = use.kind === 'class' ? 'class' : 'type';
  const { name: fullName, version } = module;
  return [
    `${use.place}: the module ${fullName} ${version} has no ${what} '${use.name}'; ${nearestName(use.name, known)}.`,
  ];
}
