import { type EcmaScriptModule, parseSync } from 'oxc-parser';

/** One `import`, `import()` or `export ... from` of a file. */
export interface ImportSite {
  readonly line: number;
  readonly specifier: string;
  /** Every name is a type, so nothing of the target is used at run time. */
  readonly isTypeOnly: boolean;
  readonly isReExport: boolean;
  /** The target's names that are used at run time; `*` for all of them. */
  readonly names: readonly string[];
}

/** `export { importName as exportName } from specifier`; both are `*` for `export * from`. */
export interface ReExport {
  readonly specifier: string;
  readonly importName: string;
  readonly exportName: string;
}

export interface FileImports {
  readonly imports: readonly ImportSite[];
  readonly reExports: readonly ReExport[];
  /** Names that the file itself defines and exports. */
  readonly ownExports: ReadonlySet<string>;
}

/** What a TypeScript file imports and exports. A computed `import()` is invisible to every check and is refused. */
export function readImports(path: string, source: string): FileImports {
  const { module, errors } = parseSync(path, source);
  const [problem] = errors;
  if (problem !== undefined) throw new SyntaxError(`${path}: ${problem.message}`);
  return {
    imports: [
      ...staticImports(module, source),
      ...dynamicImports(module, path, source),
      ...exportsFrom(module, source),
    ],
    reExports: exportEntries(module).flatMap((entry) =>
      entry.moduleRequest && !entry.isType
        ? [
            {
              specifier: entry.moduleRequest.value,
              importName: entry.importName.name ?? '*',
              exportName: entry.exportName.name ?? '*',
            },
          ]
        : [],
    ),
    ownExports: new Set(
      exportEntries(module)
        .filter((entry) => !entry.moduleRequest)
        .map((entry) => entry.exportName.name ?? 'default'),
    ),
  };
}

function staticImports(module: EcmaScriptModule, source: string): ImportSite[] {
  return module.staticImports.map(({ start, moduleRequest, entries }) => ({
    line: lineOf(source, start),
    specifier: moduleRequest.value,
    isTypeOnly: entries.length > 0 && entries.every((entry) => entry.isType),
    isReExport: false,
    names:
      entries.length === 0
        ? ['*']
        : entries.filter((entry) => !entry.isType).map((entry) => nameOf(entry.importName)),
  }));
}

function nameOf(importName: { kind: string; name?: string | null }): string {
  if (importName.kind === 'Default') return 'default';
  return importName.name ?? '*';
}

function dynamicImports(module: EcmaScriptModule, path: string, source: string): ImportSite[] {
  return module.dynamicImports.map(({ start, moduleRequest }) => {
    const line = lineOf(source, start);
    const literal = /^(['"`])([^'"`$]+)\1$/.exec(source.slice(moduleRequest.start, moduleRequest.end));
    if (literal?.[2] === undefined) {
      throw new SyntaxError(`${path}:${line}: import() of a computed name; name the module literally.`);
    }
    return { line, specifier: literal[2], isTypeOnly: false, isReExport: false, names: ['*'] };
  });
}

function exportsFrom(module: EcmaScriptModule, source: string): ImportSite[] {
  // Of `import { a } from 'x'; export { a }` the parser makes an export too, at the place of the import.
  const importStarts = new Set(module.staticImports.map(({ start }) => start));
  return module.staticExports.flatMap(({ start, entries }) => {
    const request = entries[0]?.moduleRequest;
    if (!request || importStarts.has(start)) return [];
    return [
      {
        line: lineOf(source, start),
        specifier: request.value,
        isTypeOnly: entries.every((entry) => entry.isType),
        isReExport: true,
        names: entries.filter((entry) => !entry.isType).map((entry) => nameOf(entry.importName)),
      },
    ];
  });
}

function exportEntries(module: EcmaScriptModule) {
  return module.staticExports.flatMap(({ entries }) => entries);
}

function lineOf(source: string, offset: number): number {
  return source.slice(0, offset).split('\n').length;
}
