import type { Component, ComponentDependency } from './model.ts';
import { isInRange } from './version-range.ts';

/** What resolving needs to know of a component. */
type Resolvable = Pick<Component, 'fileName' | 'version' | 'dependencies'>;

export type Resolution<Known extends Resolvable = Component> =
  | {
      readonly kind: 'resolved';
      /** One version of each file, each after all that it depends on; the one asked for is the last. */
      readonly components: readonly Known[];
    }
  | { readonly kind: 'unresolved'; readonly problem: string };

interface Demand extends ComponentDependency {
  /** Who asks. */
  readonly by: string;
}

/**
 * The component with all that it needs: of each file the newest version that meets every demand on it. What a
 * version demanded that was passed over later still counts, so an answer may be missed but is never wrong.
 */
export function resolveDependencies<Known extends Resolvable>(
  root: Known,
  available: readonly Known[],
): Resolution<Known> {
  const demands: Demand[] = [];
  for (;;) {
    const pass = new Pass(root, available, demands);
    const problem = pass.visit(root, []);
    if (problem === undefined) return { kind: 'resolved', components: pass.ordered };
    if (problem !== 'again') return { kind: 'unresolved', problem };
  }
}

/** One walk from the root, with all the demands that earlier walks found; `again` when it found one that changes a choice. */
class Pass<Known extends Resolvable> {
  readonly ordered: Known[] = [];
  readonly #root: Known;
  readonly #available: readonly Known[];
  readonly #demands: Demand[];
  readonly #chosen = new Map<string, Known>();

  constructor(root: Known, available: readonly Known[], demands: Demand[]) {
    this.#root = root;
    this.#available = available.filter(({ fileName }) => fileName !== root.fileName);
    this.#demands = demands;
  }

  visit(component: Known, path: readonly string[]): string | undefined {
    this.#chosen.set(component.fileName, component);
    const here = [...path, component.fileName];
    for (const dependency of component.dependencies ?? []) {
      this.#note({ ...dependency, by: nameOf(component) });
      const problem = this.#follow(dependency, here);
      if (problem !== undefined) return problem;
    }
    this.ordered.push(component);
    return undefined;
  }

  #follow({ fileName }: ComponentDependency, path: readonly string[]): string | undefined {
    const demands = this.#demands.filter((demand) => demand.fileName === fileName);
    if (path.includes(fileName)) {
      return `${[...path.slice(path.indexOf(fileName)), fileName].join(' needs ')}: that is a circle`;
    }
    const best = this.#candidates(fileName).findLast(({ version }) =>
      demands.every(({ range }) => isInRange(version, range)),
    );
    if (best === undefined) return this.#unmet(fileName, demands);
    const earlier = this.#chosen.get(fileName);
    if (earlier === undefined) return this.visit(best, path);
    return earlier === best ? undefined : 'again';
  }

  /** Oldest first, as repositories list them. */
  #candidates(fileName: string): readonly Known[] {
    if (fileName === this.#root.fileName) return [this.#root];
    return this.#available.filter((component) => component.fileName === fileName);
  }

  #unmet(fileName: string, demands: readonly Demand[]): string {
    const wanted = demands.map(({ by, range }) => `${by} needs ${fileName} ${range}`).join(' and ');
    const held = this.#candidates(fileName).map(({ version }) => version);
    return `${wanted}; the repository holds ${held.length > 0 ? held.join(', ') : 'none'}`;
  }

  #note(demand: Demand): void {
    const isKnown = this.#demands.some(
      ({ fileName, range, by }) => fileName === demand.fileName && range === demand.range && by === demand.by,
    );
    if (!isKnown) this.#demands.push(demand);
  }
}

/** Components that would miss `removed`: no other version meets what they ask. */
export function findDependents(
  removed: Pick<Component, 'fileName' | 'version'>,
  available: readonly Component[],
): readonly Component[] {
  const isRemoved = ({ fileName, version }: Pick<Component, 'fileName' | 'version'>) =>
    fileName === removed.fileName && version === removed.version;
  const rest = available.filter((component) => !isRemoved(component));
  const misses = ({ fileName, range }: ComponentDependency) =>
    fileName === removed.fileName &&
    isInRange(removed.version, range) &&
    !rest.some((other) => other.fileName === fileName && isInRange(other.version, range));
  return rest.filter(({ dependencies = [] }) => dependencies.some(misses));
}

export function nameOf({ fileName, version }: Pick<Component, 'fileName' | 'version'>): string {
  return `${fileName} ${version}`;
}
