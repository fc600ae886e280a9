import { brandId } from '@trencadis/ids';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ServiceVersion } from './model.ts';
import type { ServiceStore } from './store.ts';

export interface ServiceStoreHarness extends AsyncDisposable {
  /** Empty. */
  readonly store: ServiceStore;
}

/** What every {@link ServiceStore} must do. */
export function describeServiceStore(name: string, makeHarness: () => Promise<ServiceStoreHarness>): void {
  describe(`service store: ${name}`, () => {
    let harness: ServiceStoreHarness;
    let store: ServiceStore;
    beforeEach(async () => {
      harness = await makeHarness();
      store = harness.store;
    });
    afterEach(() => harness[Symbol.asyncDispose]());
    const listed = async () => (await store.list()).map((each) => `${each.name} ${each.version}`);

    it('gives back all that was inserted, the optional parts too', async () => {
      const version = exampleVersion('storage', '1.0.0');
      expect(await store.insert(version)).toEqual(version);
      expect(await store.list()).toEqual([version]);
      expect(await store.listVersions('storage')).toEqual([version]);
    });

    it('is empty at first, and finds nothing by an unknown name', async () => {
      expect(await store.list()).toEqual([]);
      expect(await store.listVersions('storage')).toEqual([]);
    });

    it('lists by name, then versions oldest first by their numbers', async () => {
      for (const [name_, version] of [
        ['b', '1.10.0'],
        ['b', '1.9.0'],
        ['a', '2.0.0'],
        ['b', '1.9.0+2'],
      ] as const)
        await store.insert(exampleVersion(name_, version));
      expect(await listed()).toEqual(['a 2.0.0', 'b 1.9.0', 'b 1.9.0+2', 'b 1.10.0']);
      expect((await store.listVersions('b')).map(({ version }) => version)).toEqual([
        '1.9.0',
        '1.9.0+2',
        '1.10.0',
      ]);
    });

    it('keeps the first of one name and version, and answers it', async () => {
      const first = exampleVersion('storage', '1.0.0');
      await store.insert(first);
      const other = { ...first, radl: 'network other', digest: brandId('Sha256', 'b'.repeat(64)) };
      expect(await store.insert(other)).toEqual(first);
      expect(await store.list()).toEqual([first]);
    });

    it('keeps one of several inserted at once, and answers it to all', async () => {
      const candidates = Array.from({ length: 5 }, (_, index) => ({
        ...exampleVersion('storage', '1.0.0'),
        digest: brandId('Sha256', String(index).repeat(64)),
      }));
      const answers = await Promise.all(candidates.map((candidate) => store.insert(candidate)));
      const [kept] = await store.list();
      expect(candidates).toContainEqual(kept);
      expect(answers.map(({ digest }) => digest)).toEqual(candidates.map(() => kept?.digest));
    });

    it('removes one version, and says when there was none', async () => {
      await store.insert(exampleVersion('storage', '1.0.0'));
      await store.insert(exampleVersion('storage', '2.0.0'));
      expect(await store.remove('storage', '1.0.0')).toBe(true);
      expect(await store.remove('storage', '1.0.0')).toBe(false);
      expect(await listed()).toEqual(['storage 2.0.0']);
    });

    it('is not changed through what was inserted or got', async () => {
      const components = ['a.gar'];
      const version = exampleVersion('storage', '1.0.0');
      await store.insert({ ...version, needs: { ...version.needs, components } });
      components.push('b.gar');
      const [got] = await store.list();
      // Frozen, or a copy.
      Reflect.set(got!.needs.components, 0, 'c.gar');
      expect((await store.list())[0]?.needs.components).toEqual(['a.gar']);
    });
  });
}

function exampleVersion(name: string, version: string): ServiceVersion {
  return {
    name,
    title: `Service ${name}`,
    description: "For a test: 'quoted' \u00e9.",
    version,
    radl: "# a comment\nnetwork private\nsystem x ( disk.0.os.name = '@input.os@' )\n",
    dialect: 'paper',
    fragments: { index: { postgresql: 'deploy a 1\n', lfc: '' } },
    parameters: [
      { name: 'os', type: 'string', help: 'Which.', isRequired: true },
      {
        name: 'index',
        type: 'choice',
        help: 'Which.',
        isRequired: false,
        default: 'lfc',
        choices: ['postgresql', 'lfc'],
      },
      { name: 'keys', type: 'json', help: 'Keys.', isRequired: false, default: [{ n: null }] },
    ],
    needs: {
      vmis: [brandId('VmiId', 'one'), [brandId('VmiId', 'two'), brandId('VmiId', 'three')]],
      components: ['a.gar'],
    },
    status: { kind: 'draft', reason: 'Not written yet.', missing: ['a.gar'] },
    digest: brandId('Sha256', 'a'.repeat(64)),
    registeredAt: new Date('2026-01-02T03:04:05.678Z'),
  };
}
