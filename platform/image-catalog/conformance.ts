import { brandId, sha256OfText } from '@trencadis/ids';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { publicAcl } from './access.ts';
import { decideChannel, decideState } from './decide-change.ts';
import { decideRegistration } from './decide-registration.ts';
import type { ImageOffer } from './image-offer.ts';
import type { ImageRecord } from './image-record.ts';
import type { CatalogStore, Decision, OfferChange } from './store.ts';

export interface CatalogStoreHarness extends AsyncDisposable {
  /** Empty. */
  readonly store: CatalogStore;
}

const at = '2026-01-01T00:00:00.000Z';
const by = { owner: 'ana', acl: publicAcl, at };
const idOf = (id: string) => brandId('VmiId', id);

/** What every {@link CatalogStore} must do. */
export function describeCatalogStore(name: string, makeHarness: () => Promise<CatalogStoreHarness>): void {
  describe(`catalog store: ${name}`, () => {
    let harness: CatalogStoreHarness;
    let store: CatalogStore;
    beforeEach(async () => {
      harness = await makeHarness();
      ({ store } = harness);
    });
    afterEach(() => harness[Symbol.asyncDispose]());

    const change = <Answer>(
      id: string,
      decide: (record: ImageRecord | undefined) => Decision<Answer>,
    ): Promise<Answer> => store.change({ imageId: idOf(id), user: 'ana', operation: 'test', at }, decide);
    const register = (id: string, bytes = id) =>
      change(id, (record) => decideRegistration(record, registrationOf(id, bytes), by));
    const existing = (record: ImageRecord | undefined): ImageRecord => {
      if (record === undefined) throw new Error('there is no such image');
      return record;
    };
    const offersSince = async (revision: number) => {
      const all: OfferChange[] = [];
      for await (const changes of store.offersSince(revision)) all.push(...changes);
      return all.map(({ imageId, offers }) => ({
        imageId,
        offers: JSON.parse(offers) as readonly ImageOffer[],
      }));
    };

    it('gives back all that was decided, the optional parts too', async () => {
      await register('one');
      const { record } = decideRegistration(undefined, registrationOf('one', 'one'), by);
      expect(await store.find(idOf('one'))).toEqual(record);
      expect(await store.find(idOf('other'))).toBeUndefined();
    });

    it('lists by id, in pages', async () => {
      for (const id of ['b-2', 'c', 'a', 'b10', 'b-10']) await register(id);
      const idsOf = async (page: { readonly after?: string; readonly limit: number }) =>
        (await store.list(page)).map(({ image }) => image.id);
      expect(await idsOf({ limit: 3 })).toEqual(['a', 'b-10', 'b-2']);
      expect(await idsOf({ limit: 3, after: 'b-2' })).toEqual(['b10', 'c']);
    });

    it('finds what has an artifact with that digest, in an older version too', async () => {
      await register('one', 'old');
      await register('one', 'new');
      await register('two', 'new');
      const idsWith = async (bytes: string) =>
        (await store.withArtifact(sha256OfText(bytes))).map(({ image }) => image.id);
      expect(await idsWith('old')).toEqual(['one']);
      expect(await idsWith('new')).toEqual(['one', 'two']);
      expect(await idsWith('other')).toEqual([]);
    });

    it('lets nobody decide over an image while another does', async () => {
      await Promise.all(['a', 'b', 'c', 'd', 'e'].map((bytes) => register('one', bytes)));
      const record = await store.find(idOf('one'));
      expect(record?.versions.map((version) => version.number)).toEqual([1, 2, 3, 4, 5]);
    });

    it('changes nothing when the decision throws or changes nothing', async () => {
      await register('one');
      const revision = await store.revision();
      const failing = change('one', () => {
        throw new Error('no');
      });
      await expect(failing).rejects.toThrow('no');
      await register('one');
      expect(await store.revision()).toBe(revision);
      expect(await store.audit(idOf('one'), 10)).toHaveLength(1);
    });

    it('tells what changed since a revision, what is gone too', async () => {
      await register('one');
      await register('two');
      const revision = await store.revision();
      expect((await offersSince(0)).map(({ imageId }) => imageId).toSorted()).toEqual(['one', 'two']);
      await change('two', () => ({ record: undefined, answer: undefined }));
      expect(await offersSince(revision)).toEqual([{ imageId: 'two', offers: [] }]);
      expect(await store.find(idOf('two'))).toBeUndefined();
      expect(await offersSince(await store.revision())).toEqual([]);
    });

    it('offers the active version of each channel, and by default the newest', async () => {
      await register('one', 'old');
      await register('one', 'new');
      const defaults = async () =>
        (await offersSince(0))[0]?.offers.map(({ vmi, isDefault, channels }) => [
          vmi.versionNumber,
          isDefault,
          channels,
        ]);
      expect(await defaults()).toEqual([[2, true, []]]);
      await change('one', (record) => decideChannel(existing(record), 'stable', 1));
      await change('one', (record) => decideChannel(existing(record), 'test', 2));
      expect(await defaults()).toEqual([
        [1, true, ['stable']],
        [2, false, ['test']],
      ]);
    });

    it('names the images whose dates have come', async () => {
      await register('one');
      const later = '2026-06-01T00:00:00.000Z';
      await change('one', (record) =>
        decideState(existing(record), 1, { to: 'revoked', at: later, now: at }),
      );
      expect(await store.due(at)).toEqual([]);
      expect(await store.due(later)).toEqual(['one']);
    });

    it('keeps who did what, the newest first', async () => {
      await register('one');
      await change('one', (record) => decideChannel(existing(record), 'stable', 1));
      const entry = { imageId: 'one', user: 'ana', operation: 'test', at };
      expect(await store.audit(idOf('one'), 10)).toEqual([entry, entry]);
      expect(await store.audit(idOf('one'), 1)).toEqual([entry]);
      expect(await store.audit(idOf('two'), 10)).toEqual([]);
    });

    it('calls back after a change', async () => {
      const changed = Promise.withResolvers<void>();
      const watch = await store.watch(() => changed.resolve());
      await register('one');
      await expect(changed.promise).resolves.toBeUndefined();
      await watch[Symbol.asyncDispose]();
    });
  });
}

function registrationOf(id: string, bytes: string) {
  return {
    id: idOf(id),
    name: `Image ${id} 'quoted' \u00e9`,
    description: 'For a test.',
    labels: { tier: 'gold' },
    metadata: {
      architecture: 'x86_64',
      operatingSystem: { name: 'linux', flavour: 'Debian', version: '12' },
      applications: [{ name: 'ant', version: '1.8.2', path: '/opt/ant' }, { name: 'globus' }],
      standIns: [
        {
          for: { kind: 'application' as const, application: { name: 'jdk', version: '1.6.0_35' } },
          by: 'Node',
        },
      ],
      minMemoryMiB: 512,
      firmware: 'uefi' as const,
    },
    artifacts: [{ vmm: 'local', location: '/images/one', digest: sha256OfText(bytes) }],
  };
}
