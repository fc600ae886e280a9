import type { OfferedComponent } from '@trencadis/contextualization';
import { nearestName } from './nearest-name.ts';
import { type OfferedModule, moduleOfFile, modulesAmong, shortNameOf } from './offered-modules.ts';
import { meetsRequirement } from './version-requirement.ts';

/** Somebody's wish for a module. */
export interface Demand {
  /** Without its author. */
  readonly module: string;
  /** `author-module`, where the wish is for that author's. */
  readonly fullName?: string;
  /** Empty for any version. */
  readonly range: string;
  /** Who asks: `line 3`, `ours-web 1.2.0`. */
  readonly by: string;
}

export interface ResolvedModules {
  /** By their names without author. */
  readonly modules: ReadonlyMap<string, OfferedModule>;
  readonly problems: readonly string[];
}

/** Ours is on every machine. */
const ownModule = 'trencadis';

/**
 * Of each module that is asked for, by the recipe or by another module's `metadata.json`, the newest version that suits
 * all who ask. What a version asked for that was passed over later still counts: an answer may be missed, never wrong.
 */
export function resolveModules(
  wanted: readonly Demand[],
  offered: readonly OfferedComponent[],
): ResolvedModules {
  const available = modulesAmong(offered);
  const demands = new Map<string, Demand>();
  const note = (demand: Demand): void => {
    if (demand.module !== ownModule) demands.set(JSON.stringify(demand), demand);
  };
  wanted.forEach(note);
  for (;;) {
    const known = demands.size;
    const byModule = Map.groupBy(demands.values(), ({ module }) => module);
    const chosen = [...byModule].map(([name, own]) => ({ name, own, module: choose(own, available) }));
    const found = chosen.flatMap(({ module }) => module ?? []);
    found.flatMap(demandsOf).forEach(note);
    if (demands.size > known) continue;
    const problems = chosen
      .filter(({ module }) => module === undefined)
      .map(({ name, own }) => missing(name, own, offered));
    return { modules: new Map(found.map((module) => [module.shortName, module])), problems };
  }
}

function choose(demands: readonly Demand[], available: readonly OfferedModule[]): OfferedModule | undefined {
  return available.find((module) => demands.every((demand) => suits(module, demand)));
}

function suits({ name, shortName, version }: OfferedModule, { module, fullName, range }: Demand): boolean {
  if (shortName !== module || (fullName !== undefined && fullName !== name)) return false;
  return meetsRequirement(version, range) === true;
}

function demandsOf({ name, version, dependencies }: OfferedModule): readonly Demand[] {
  return dependencies.map((dependency) => ({
    module: shortNameOf(dependency.name),
    fullName: dependency.name,
    range: dependency.range,
    by: `${name} ${version}`,
  }));
}

function missing(name: string, demands: readonly Demand[], offered: readonly OfferedComponent[]): string {
  const wanted = demands
    .map(({ by, fullName = name, range }) => `${by} needs ${fullName}${range === '' ? '' : ` ${range}`}`)
    .join(' and ');
  const unreadable = demands.find(({ range }) => meetsRequirement('0.0.0', range) === undefined);
  if (unreadable) return `${wanted}: only bounds such as '>= 1.2.0 < 3.0.0' and '1.x' are read here.`;
  const held = modulesAmong(offered).filter(({ shortName }) => shortName === name);
  if (held.length > 0) {
    const versions = held.map((module) => `${module.name} ${module.version}`).join(', ');
    return `${wanted}; the component repository holds ${versions}.`;
  }
  const other = offered.findLast(({ fileName }) => moduleOfFile(fileName) === name);
  if (other) {
    return `${wanted}: ${other.fileName} is in the component repository, but not as a Puppet module; add it under another version with --type puppet-module.`;
  }
  const file = `${demands.find(({ fullName }) => fullName !== undefined)?.fullName ?? `AUTHOR-${name}`}-VERSION.tar.gz`;
  return `${wanted}, and the component repository does not hold it: add ${file} with --type puppet-module${similar(name, offered)}.`;
}

function similar(name: string, offered: readonly OfferedComponent[]): string {
  const nearest = nearestName(name, [...new Set(modulesAmong(offered).map(({ shortName }) => shortName))]);
  return nearest.startsWith('did you mean') ? ` (${nearest}?)` : '';
}
