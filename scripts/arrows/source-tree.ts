import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ImportSite, type ReExport, readImports } from './read-imports.ts';

/** A workspace package; the root package owns scripts/, tests/, bench/ and the configuration files. */
export interface Package {
  readonly name: string;
  /** Relative to the root, `platform/radl`; empty for the root package. */
  readonly folder: string;
  /** Top-level folder, `root` for the root package. */
  readonly layer: string;
  /** Subpath (`.`, `./client`) to file, as package.json says. */
  readonly exports: ReadonlyMap<string, string>;
  readonly dependencies: ReadonlySet<string>;
  readonly devDependencies: ReadonlySet<string>;
}

export interface SourceFile {
  /** Relative to the root, with `/`. */
  readonly path: string;
  readonly package: Package;
  /** Tests, conformance suites and testing tools: nothing of the product may import them. */
  readonly isTestCode: boolean;
  readonly imports: readonly ImportSite[];
  readonly reExports: readonly ReExport[];
  readonly ownExports: ReadonlySet<string>;
}

export interface SourceTree {
  readonly root: Package;
  readonly packages: ReadonlyMap<string, Package>;
  readonly files: ReadonlyMap<string, SourceFile>;
}

interface Manifest {
  readonly name: string;
  readonly workspaces?: readonly string[];
  readonly exports?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

const testCode = /\.test\.tsx?$|(^|\/)conformance\.ts$|(^|\/)testing\/|^tests\/|^bench\//;
const rootFolders = ['scripts', 'tests', 'bench', 'service-descriptions'];

/** Reads every package and every TypeScript file of the workspace whose package.json lies in `rootPath`. */
export function readSourceTree(rootPath: string): SourceTree {
  const manifest = readManifest(rootPath, '');
  const root = { ...toPackage(manifest, ''), layer: 'root' };
  const folders = (manifest.workspaces ?? [])
    .flatMap((pattern) => globSync(`${pattern}/package.json`, { cwd: rootPath }))
    .map((path) => path.slice(0, -'/package.json'.length))
    .sort();
  const packages = folders.map((folder) => toPackage(readManifest(rootPath, folder), folder));
  const files = [
    ...packages.flatMap((owner) => readFolder(rootPath, owner.folder, owner)),
    ...rootFolders.flatMap((folder) => readFolder(rootPath, folder, root)),
  ];
  return {
    root,
    packages: new Map(packages.map((each) => [each.name, each])),
    files: new Map(files.map((file) => [file.path, file])),
  };
}

/** `undefined` outside every package: a file of the root. */
export function packageOfPath(tree: SourceTree, path: string): Package | undefined {
  return tree.packages.values().find(({ folder }) => path.startsWith(`${folder}/`));
}

function readManifest(rootPath: string, folder: string): Manifest {
  return JSON.parse(readFileSync(join(rootPath, folder, 'package.json'), 'utf8')) as Manifest;
}

function toPackage(manifest: Manifest, folder: string): Package {
  return {
    name: manifest.name,
    folder,
    layer: folder.split('/')[0] ?? folder,
    exports: new Map(Object.entries(manifest.exports ?? {})),
    dependencies: new Set(Object.keys(manifest.dependencies ?? {})),
    devDependencies: new Set(Object.keys(manifest.devDependencies ?? {})),
  };
}

function readFolder(rootPath: string, folder: string, owner: Package): SourceFile[] {
  return globSync(`${folder}/**/*.{ts,tsx}`, { cwd: rootPath, exclude: isForeign })
    .sort()
    .map((path) => ({
      path,
      package: owner,
      isTestCode: testCode.test(path),
      ...readImports(path, readFileSync(join(rootPath, path), 'utf8')),
    }));
}

function isForeign(path: string): boolean {
  return path.split('/').includes('node_modules');
}
