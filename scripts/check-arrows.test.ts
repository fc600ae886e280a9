import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { checkArrows, printArrows, rules } from './arrows/check-arrows.ts';

const roots: string[] = [];

afterEach(() => {
  for (const root of roots.splice(0)) rmSync(root, { recursive: true });
});

type Files = Readonly<Record<string, string>>;

/** Writes a workspace; a package whose package.json is not given gets one that declares what its files import. */
function workspace(files: Files): string {
  const root = mkdtempSync(join(tmpdir(), 'arrows-'));
  roots.push(root);
  const workspaces = ['foundation/*', 'platform/*', 'drivers/*', 'imaging/*', 'apps/*', 'misc/*', 'images'];
  const rootManifest = JSON.stringify({ name: 'root', workspaces, devDependencies: { vitest: '*' } });
  const all = { 'package.json': rootManifest, ...manifests(files), ...files };
  for (const [path, text] of Object.entries(all)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

function manifests(files: Files): Files {
  const made: Record<string, string> = {};
  for (const path of Object.keys(files)) {
    const folder = /^(?:(?:foundation|platform|drivers|imaging|apps|misc)\/[^/]+|images)(?=\/)/.exec(
      path,
    )?.[0];
    if (folder === undefined) continue;
    const texts = Object.entries(files).flatMap(([each, text]) =>
      each.startsWith(`${folder}/`) ? [text] : [],
    );
    const imported = texts.flatMap((text) => text.match(/(?<=['"])@trencadis\/[\w-]+/g) ?? []);
    made[`${folder}/package.json`] = manifest(folder, imported);
  }
  return made;
}

function manifest(folder: string, dependencies: readonly string[]): string {
  return JSON.stringify({
    name: nameOf(folder),
    exports: { '.': './index.ts', './client': './client.ts', './conformance': './conformance.ts' },
    dependencies: Object.fromEntries(dependencies.map((name) => [name, '0.0.0'])),
  });
}

function nameOf(folder: string): string {
  const [layer = '', name = layer] = folder.split('/');
  return `@trencadis/${layer === 'apps' ? `app-${name}` : name}`;
}

/** `rule place` of everything found. */
function findings(files: Files): string[] {
  const { broken } = checkArrows(workspace(files));
  return broken.flatMap(({ rule, violations }) => violations.map(({ place }) => `${rule.name} ${place}`));
}

const one = 'export const one = 1;';
const house: Files = {
  'foundation/errors/index.ts': one,
  'foundation/ids/index.ts': `export { brandId } from './brand.ts'; export { newId } from './new-id.ts';`,
  'foundation/ids/brand.ts': 'export const brandId = 1;',
  'foundation/ids/new-id.ts': `import { randomUUID } from 'node:crypto'; export const newId = randomUUID;`,
  'foundation/clock/index.ts': `export interface Clock {} export const systemClock = 1;`,
  'platform/vmm/index.ts': one,
  'platform/vmm/conformance.ts': `import { it } from 'vitest'; export const suite = it;`,
  'drivers/vmm-local/index.ts': `import { one } from '@trencadis/vmm'; export { one };`,
  'drivers/vmm-memory/index.ts': one,
  'imaging/vo/index.ts': one,
  'imaging/vo/client.ts': one,
  'images/index.ts': one,
  'apps/cli/main.ts': one,
  'apps/cli/commands/plan.ts': `import 'node:fs';`,
};

/** The smallest trees that break one rule each, and the places where it must be told. */
const breaches: Readonly<Record<string, { readonly files: Files; readonly places: readonly string[] }>> = {
  'every-folder-has-a-layer': { files: { 'misc/tool/index.ts': one }, places: ['misc/tool/package.json'] },
  'every-driver-has-a-contract': {
    files: { 'drivers/teapot-local/index.ts': one },
    places: ['drivers/teapot-local/package.json'],
  },
  'foundation-stands-alone': {
    files: { 'foundation/errors/index.ts': `\nimport type { one } from '@trencadis/vmm';` },
    places: ['foundation/errors/index.ts:2'],
  },
  'platform-knows-no-products': {
    files: {
      'platform/radl/index.ts': `import '@trencadis/vmm-local';\nimport '@trencadis/vo';\nimport '@trencadis/images';\nimport '@trencadis/aws-client';`,
      'foundation/aws-client/index.ts': one,
      'drivers/vmm-ec2/index.ts': `import '@trencadis/aws-client';`,
      'platform/radl/index.test.ts': `import '@trencadis/vmm-memory';\nimport '@trencadis/vmm-local';`,
    },
    places: [
      'platform/radl/index.test.ts:2',
      'platform/radl/index.ts:1',
      'platform/radl/index.ts:2',
      'platform/radl/index.ts:3',
      'platform/radl/index.ts:4',
    ],
  },
  'drivers-know-their-contract': {
    files: {
      'drivers/vmm-memory/index.ts': `export * from '@trencadis/vmm-local';`,
      'drivers/configurator-puppet/index.ts': `const vmm = await import('@trencadis/vmm');\nexport { vmm };`,
    },
    places: ['drivers/configurator-puppet/index.ts:1', 'drivers/vmm-memory/index.ts:1'],
  },
  'imaging-meets-at-clients': {
    files: {
      'imaging/key-server/index.ts': `import '@trencadis/vo/client';\nimport '@trencadis/vo';\nimport '@trencadis/vmm';`,
    },
    places: ['imaging/key-server/index.ts:2', 'imaging/key-server/index.ts:3'],
  },
  'images-are-build-tooling': {
    files: { 'images/index.ts': `import '@trencadis/errors';\nimport '@trencadis/vmm';` },
    places: ['images/index.ts:2'],
  },
  'nobody-imports-apps': {
    files: { 'apps/web/main.ts': `import '@trencadis/images';\nimport '@trencadis/app-cli';` },
    places: ['apps/web/main.ts:2'],
  },
  'only-through-exports': {
    files: {
      'platform/radl/index.ts': `import '@trencadis/vmm/index.ts';\nimport '../vmm/index.ts';`,
      'scripts/make.ts': `import '../platform/vmm/index.ts';`,
    },
    places: ['platform/radl/index.ts:1', 'platform/radl/index.ts:2', 'scripts/make.ts:1'],
  },
  'every-import-is-declared': {
    files: {
      'platform/radl/package.json': manifest('platform/radl', []),
      'platform/radl/index.ts': `import '@trencadis/errors';\nimport { z } from 'zod';\nexport { z };`,
    },
    places: ['platform/radl/index.ts:1', 'platform/radl/index.ts:2'],
  },
  'every-sibling-is-used': {
    files: {
      'platform/radl/package.json': manifest('platform/radl', ['@trencadis/errors']),
      'platform/radl/index.ts': one,
    },
    places: ['platform/radl/package.json'],
  },
  'code-never-imports-tests': {
    files: {
      'platform/vmm/index.ts': `export * from './conformance.ts';`,
      'platform/radl/index.ts': `import './testing/world.ts';\nimport './parse.test.ts';\nimport '../../tests/world.ts';`,
      'platform/radl/testing/world.ts': one,
      'platform/radl/parse.test.ts': one,
      'tests/world.ts': one,
    },
    places: [
      'platform/radl/index.ts:1',
      'platform/radl/index.ts:2',
      'platform/radl/index.ts:3',
      'platform/vmm/index.ts:1',
    ],
  },
  'descriptions-are-data': {
    files: { 'service-descriptions/key-server.ts': one },
    places: ['service-descriptions/key-server.ts'],
  },
  'plans-are-pure': {
    files: {
      'platform/radl/plan.ts': [
        `import type { Clock } from '@trencadis/clock';`,
        `import { brandId } from '@trencadis/ids';`,
        `import { newId } from '@trencadis/ids';`,
        `import { systemClock } from '@trencadis/clock';`,
        `import './requirements.ts';`,
      ].join('\n'),
      'platform/radl/requirements.ts': `import './store-postgres.ts';`,
      'platform/radl/store-postgres.ts': one,
      'platform/radl/decide-scale.ts': `export { readFile } from 'node:fs';`,
    },
    places: [
      'platform/radl/decide-scale.ts:1',
      'platform/radl/plan.ts:3',
      'platform/radl/plan.ts:4',
      'platform/radl/plan.ts:5',
    ],
  },
  'no-run-time-cycles': {
    files: {
      'platform/radl/a.ts': `import './b.ts';\nimport type { c } from './c.ts';`,
      'platform/radl/b.ts': `import { a } from './a.ts'; export { a };`,
      'platform/radl/c.ts': `import { a } from './a.ts'; export const c = a;`,
    },
    places: ['platform/radl/b.ts:1'],
  },
};

describe('arrows', () => {
  it('finds nothing in a house where every arrow is allowed', () => {
    const files = {
      ...house,
      'tests/all.test.ts': `import '@trencadis/vmm-local'; import '@trencadis/app-cli';`,
    };
    expect(findings(files)).toEqual([]);
  });

  it('has a breach below for every rule', () => {
    expect(Object.keys(breaches).sort()).toEqual(rules.map(({ name }) => name).sort());
  });

  it.each(Object.entries(breaches))('%s is seen failing', (rule, { files, places }) => {
    const found = findings({ ...house, ...files }).filter((each) => each.startsWith(`${rule} `));
    expect(found).toEqual(places.map((place) => `${rule} ${place}`));
  });

  it('names place, arrow, reason and remedy', () => {
    const report = checkArrows(workspace({ ...house, ...breaches['foundation-stands-alone']!.files }));
    expect(printArrows(report))
      .toBe(`foundation-stands-alone: everything stands on the foundation, so it knows nothing of VMs or images
  foundation/errors/index.ts:2: foundation/errors -> platform/vmm ('@trencadis/vmm')
    do: move the code up, or let the caller pass in what is needed

arrows: 14 files, 1 broken`);
  });

  it('follows a chain of imports to what makes a plan impure', () => {
    const { broken } = checkArrows(workspace({ ...house, ...breaches['plans-are-pure']!.files }));
    const found = broken.flatMap(({ violations }) => violations.map((each) => each.found));
    expect(found).toContain(
      'platform/radl/plan.ts -> platform/radl/requirements.ts -> platform/radl/store-postgres.ts',
    );
    expect(found).toContain('platform/radl/plan.ts -> foundation/ids/new-id.ts -> node:crypto');
  });

  it('lets tests use devDependencies, and product code not', () => {
    const code = `import '@trencadis/errors';`;
    const files = {
      ...house,
      'platform/radl/package.json': JSON.stringify({
        name: '@trencadis/radl',
        devDependencies: { '@trencadis/errors': '0.0.0' },
      }),
      'platform/radl/index.ts': code,
      'platform/radl/index.test.ts': code,
    };
    expect(findings(files)).toEqual(['every-import-is-declared platform/radl/index.ts:1']);
  });

  it('refuses an import whose target it cannot see', () => {
    const files = { ...house, 'platform/radl/index.ts': 'const name = "x"; await import(name);' };
    expect(() => checkArrows(workspace(files))).toThrow(
      'platform/radl/index.ts:1: import() of a computed name',
    );
  });
});
