import type { OfferedComponent } from '@trencadis/contextualization';
import { compareModuleVersions } from './version-requirement.ts';

/** A Puppet module of the component repository. */
export interface OfferedModule extends NonNullable<OfferedComponent['puppetModule']> {
  readonly fileName: string;
  /** Without its author: the folder that Puppet looks for. */
  readonly shortName: string;
}

/** The module in an archive `author-module-1.2.3.tar.gz`, as the Forge names them, or `module.tar.gz`. */
export function moduleOfFile(fileName: string): string | undefined {
  const pattern = /^(?:[A-Za-z0-9]+-)?([a-z][a-z0-9_]*)(?:-\d+\.\d+\.\d+[\w.+-]*)?\.(?:tar\.gz|tgz)$/;
  return pattern.exec(fileName)?.[1];
}

export function shortNameOf(name: string): string {
  return name.slice(name.indexOf('-') + 1);
}

/** The newest version of each file, newest modules first. */
export function modulesAmong(offered: readonly OfferedComponent[]): readonly OfferedModule[] {
  const newest = new Map(offered.map((component) => [component.fileName, component]));
  return [...newest.values()]
    .flatMap(({ fileName, puppetModule }): readonly OfferedModule[] => {
      if (puppetModule === undefined) return [];
      const shortName = shortNameOf(puppetModule.name);
      return moduleOfFile(fileName) === shortName ? [{ ...puppetModule, fileName, shortName }] : [];
    })
    .toSorted((a, b) => compareModuleVersions(b.version, a.version));
}
