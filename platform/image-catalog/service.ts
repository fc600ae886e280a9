import type { Clock } from '@trencadis/clock';
import { PlatformError } from '@trencadis/errors';
import type { Sha256, VmiId } from '@trencadis/ids';
import type { Log } from '@trencadis/log';
import { isAllowed, isVisible, privateAcl } from './access.ts';
import type { ArtifactFiles } from './artifact-files.ts';
import type { IndexMatchOptions } from './catalog-index.ts';
import { decideArtifact, decideChannel, decideDue, decideNewVersion, decideState } from './decide-change.ts';
import { type ImageRegistration, decideRegistration, newImage } from './decide-registration.ts';
import { type ImageRecord, vmiOf } from './image-record.ts';
import { LiveCatalog } from './live-catalog.ts';
import type {
  Image,
  ImageAcl,
  ImageCaller,
  ImageOperation,
  ImageRequirements,
  ImageVersion,
  Labels,
  MatchResult,
  Vmi,
  VmiArtifact,
  VmiMetadata,
} from './model.ts';
import type { AuditEntry, CatalogStore, Decision } from './store.ts';
import { ImageTransfer } from './transfer.ts';

export interface ImageServiceParts {
  readonly store: CatalogStore;
  readonly files: ArtifactFiles;
  readonly clock: Clock;
  readonly log: Log;
}

export interface NewImage {
  readonly id: VmiId;
  readonly name: string;
  readonly description: string;
  readonly labels?: Labels;
  readonly group?: string;
  /** What it does not say is its owner's. */
  readonly acl?: Partial<ImageAcl>;
}

/** What of an image can be changed; what is not given stays. */
export type ImageUpdate = Partial<Omit<NewImage, 'id'>>;

export type SearchOptions = Omit<IndexMatchOptions, 'caller'>;

/**
 * The image catalog (paper 4.1). Every operation asks the image's ACL; what the caller may not even list does not
 * exist for them (`not-found`), what they may not do is `forbidden`.
 */
export class ImageService implements AsyncDisposable {
  readonly transfer: ImageTransfer;
  readonly #store: CatalogStore;
  readonly #clock: Clock;
  readonly #live: LiveCatalog;

  private constructor(parts: ImageServiceParts, live: LiveCatalog) {
    this.#store = parts.store;
    this.#clock = parts.clock;
    this.#live = live;
    this.transfer = new ImageTransfer(parts.files, {
      read: (caller, id, operation) => this.#read(caller, id, operation),
      change: (caller, change, decide) => this.#change(caller, change, decide),
    });
  }

  /** Reads the whole catalog into memory and keeps it current until disposed of. */
  static async open(parts: ImageServiceParts): Promise<ImageService> {
    const { store, clock, log } = parts;
    const beforeLook = () => applyDates(store, clock);
    return new ImageService(parts, await LiveCatalog.open({ store, clock, log, beforeLook }));
  }

  /** Best first; near misses when nothing meets the hard requirements. Answers from memory. */
  match(caller: ImageCaller, requirements: ImageRequirements, options: SearchOptions = {}): MatchResult {
    return this.#live.index.match(requirements, { ...options, caller });
  }

  /** Versions with an artifact of that digest that may still be booted: neither revoked nor deleted. */
  async withArtifact(caller: ImageCaller, digest: Sha256): Promise<readonly Vmi[]> {
    const records = await this.#store.withArtifact(digest);
    return records
      .filter(({ image }) => isAllowed(caller, image, image.acl.search))
      .flatMap(({ image, versions }) =>
        versions
          .filter(({ state }) => state === 'active' || state === 'deprecated')
          .filter(({ artifacts }) => artifacts.some((artifact) => artifact.digest === digest))
          .map((version) => vmiOf(image, version)),
      );
  }

  /** Images that the caller may list, by id, those after `after`; fewer than `limit` only at the end. */
  async list(
    caller: ImageCaller,
    { after = '', limit }: { readonly after?: string; readonly limit: number },
  ): Promise<readonly ImageRecord[]> {
    const found: ImageRecord[] = [];
    for (let last = after; found.length < limit;) {
      const page = await this.#store.list({ after: last, limit });
      found.push(...page.filter(({ image }) => isAllowed(caller, image, image.acl.list)));
      if (page.length < limit) break;
      last = page.at(-1)?.image.id ?? last;
    }
    return found.slice(0, limit);
  }

  get(caller: ImageCaller, id: VmiId): Promise<ImageRecord> {
    return this.#read(caller, id, 'list');
  }

  async audit(caller: ImageCaller, id: VmiId): Promise<readonly AuditEntry[]> {
    await this.#read(caller, id, 'update');
    return this.#store.audit(id, 100);
  }

  /** Throws `already-exists`. The caller becomes its owner. */
  create(caller: ImageCaller, image: NewImage): Promise<Image> {
    return this.#decide(caller, { id: image.id, operation: 'create' }, (record, at) => {
      if (record !== undefined) throw alreadyExists(image.id);
      assertOwnGroup(caller, image.group);
      const { group } = image;
      const acl = { ...privateAcl, ...image.acl };
      const owner = { owner: caller.user, acl, at, ...(group === undefined ? {} : { group }) };
      const made = newImage(image, owner);
      return { record: { image: made, versions: [] }, answer: made };
    });
  }

  /** Takes up an image as it is described now; registering the same again changes nothing. */
  register(
    caller: ImageCaller,
    registration: ImageRegistration,
    { acl = privateAcl, isSeen = false }: RegisterOptions = {},
  ): Promise<ImageVersion> {
    const { id } = registration;
    if (!isSeen) assertPlaces(caller, registration.artifacts);
    return this.#decide(caller, { id, operation: 'register' }, (record, at) => {
      if (record !== undefined) this.#assert(caller, record, 'update');
      return decideRegistration(record, registration, { owner: caller.user, acl, at });
    });
  }

  update(caller: ImageCaller, id: VmiId, update: ImageUpdate): Promise<Image> {
    return this.#change(caller, { id, right: 'update', operation: 'update' }, ({ image, versions }) => {
      assertOwnGroup(caller, update.group);
      const changed = { ...image, ...update, acl: { ...image.acl, ...update.acl } };
      return { record: { image: changed, versions }, answer: changed };
    });
  }

  addVersion(
    caller: ImageCaller,
    id: VmiId,
    version: { readonly metadata: VmiMetadata; readonly artifacts: readonly VmiArtifact[] },
  ): Promise<ImageVersion> {
    assertPlaces(caller, version.artifacts);
    return this.#change(caller, { id, right: 'update', operation: 'add-version' }, (record, at) =>
      decideNewVersion(record, { ...version, at }),
    );
  }

  addArtifact(
    caller: ImageCaller,
    { id, number }: VersionName,
    artifact: VmiArtifact,
  ): Promise<ImageVersion> {
    assertPlaces(caller, [artifact]);
    const change = { id, right: 'update' as const, operation: `add-artifact ${number}` };
    return this.#change(caller, change, (record, at) => decideArtifact(record, number, { artifact, at }));
  }

  /** Points the channel to a version, or takes it away. */
  setChannel(
    caller: ImageCaller,
    id: VmiId,
    { channel, number }: { readonly channel: string; readonly number: number | undefined },
  ): Promise<Image> {
    const change = { id, right: 'update' as const, operation: `channel ${channel} ${number ?? 'none'}` };
    return this.#change(caller, change, (record) => decideChannel(record, channel, number));
  }

  /** `deprecated`, `revoked` or `deleted`: at once, or (the first two) at a date to come. */
  setState(
    caller: ImageCaller,
    { id, number }: VersionName,
    { to, at }: { readonly to: 'deprecated' | 'revoked' | 'deleted'; readonly at?: string },
  ): Promise<ImageVersion> {
    const right = to === 'deleted' ? 'delete' : 'update';
    return this.#change(caller, { id, right, operation: `${to} ${number}` }, (record, now) =>
      decideState(record, number, { to, at: at ?? now, now }),
    );
  }

  /** The image with all its versions. Absent: `not-found`. */
  async remove(caller: ImageCaller, id: VmiId): Promise<void> {
    const change = { id, right: 'delete' as const, operation: 'delete' };
    await this.#change(caller, change, () => ({ record: undefined, answer: undefined }));
  }

  async #read(caller: ImageCaller, id: VmiId, operation: ImageOperation): Promise<ImageRecord> {
    const record = await this.#store.find(id);
    if (record === undefined) throw missing(id);
    this.#assert(caller, record, operation);
    return record;
  }

  #assert(caller: ImageCaller, { image }: ImageRecord, operation: ImageOperation): void {
    if (isAllowed(caller, image, image.acl[operation])) return;
    if (!isVisible(caller, image) || operation === 'list') throw missing(image.id);
    const message = `You may not ${operation} image ${image.id}; its owner '${image.owner}' may allow it.`;
    throw new PlatformError('forbidden', message, { subject: image.id });
  }

  #change<Answer>(
    caller: ImageCaller,
    { id, right, operation }: ImageChange,
    decide: (record: ImageRecord, at: string) => Decision<Answer>,
  ): Promise<Answer> {
    return this.#decide(caller, { id, operation }, (record, at) => {
      if (record === undefined) throw missing(id);
      this.#assert(caller, record, right);
      return decide(record, at);
    });
  }

  async #decide<Answer>(
    caller: ImageCaller,
    { id, operation }: { readonly id: VmiId; readonly operation: string },
    decide: (record: ImageRecord | undefined, at: string) => Decision<Answer>,
  ): Promise<Answer> {
    const at = this.#clock.now().toISOString();
    const audit = { imageId: id, user: caller.user, operation, at };
    const answer = await this.#store.change(audit, (record) => decide(record, at));
    await this.#live.refresh();
    return answer;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#live[Symbol.asyncDispose]();
  }
}

export interface RegisterOptions {
  /** Of an image that is not in the catalog yet. */
  readonly acl?: ImageAcl;
  /** A VM manager has told the platform itself where it is, so it may be a path. */
  readonly isSeen?: boolean;
}

export interface VersionName {
  readonly id: VmiId;
  readonly number: number;
}

export interface ImageChange {
  readonly id: VmiId;
  readonly right: ImageOperation;
  /** For the audit log. */
  readonly operation: string;
}

async function applyDates(store: CatalogStore, clock: Clock): Promise<void> {
  const now = clock.now().toISOString();
  for (const imageId of await store.due(now)) {
    await store.change({ imageId, user: 'platform', operation: 'dates', at: now }, (record) => ({
      record: record === undefined ? undefined : decideDue(record, now),
      answer: undefined,
    }));
  }
}

function assertOwnGroup(caller: ImageCaller, group: string | undefined): void {
  if (group === undefined || caller.isAdmin || caller.groups.includes(group)) return;
  throw new PlatformError('forbidden', `You are not in the group '${group}'.`, { subject: group });
}

/** A path would let a machine boot from, or a caller read, whatever lies on our hosts. */
function assertPlaces(caller: ImageCaller, artifacts: readonly VmiArtifact[]): void {
  if (caller.isAdmin) return;
  const [path] = artifacts.flatMap(({ location, nativeId = 'id' }) => [
    ...(location === '' || /^(?!file:)[a-z][\w+.-]*:\/\//i.test(location) ? [] : [location]),
    ...(/^\w[\w:.+=@-]*$/.test(nativeId) ? [] : [nativeId]),
  ]);
  if (path === undefined) return;
  const message = `Only an admin may name a path of a host, as '${path}'; upload the image, give its URL, or take in what a cloud has (trencadis image import --cloud).`;
  throw new PlatformError('forbidden', message, { subject: path });
}

function missing(id: VmiId): PlatformError {
  return new PlatformError('not-found', `There is no image ${id}.`, { subject: id });
}

function alreadyExists(id: VmiId): PlatformError {
  return new PlatformError('already-exists', `There is an image ${id} already; choose another id.`, {
    subject: id,
  });
}
