import { PlatformError } from '@trencadis/errors';
import type { Handlers } from '@trencadis/http';
import type { imageApi } from './api.ts';
import type { MatchView, NearMissView } from './api-schemas.ts';
import { describeOperatingSystem, describeRequirement } from './describe-requirement.ts';
import { explainNoImage } from './explain-no-image.ts';
import type { ImageCaller, ImageRequirements, ImageVersion, OperatingSystem, Verdict, Vmi } from './model.ts';
import { type QueryDialect, readQuery } from './read-query.ts';
import type { ImageService } from './service.ts';
import { transferHandlers } from './transfer-routes.ts';

/** Reads what a cloud offers, with its user's own credentials. */
export const cloudImporter = 'cloud';

/** An image that was taken up, in the version that it has now. */
export interface TakenUp {
  readonly version: ImageVersion;
  readonly name: string;
  readonly warnings: readonly string[];
}

export interface Imported {
  readonly taken: readonly TakenUp[];
  readonly left: readonly { readonly name: string; readonly because: string }[];
}

/** What shall be taken up from where. */
export interface ImportOrder {
  readonly importer: string;
  readonly source: string;
  /** Of a cloud's images: their name or native id; `*` stands for any text. */
  readonly pattern?: string;
  /** Of those of a cloud's images of which it says none. */
  readonly operatingSystem?: OperatingSystem;
  readonly isForAll: boolean;
}

export interface ImageHandlersParts<Caller> {
  readonly service: ImageService;
  readonly callerOf: (caller: Caller) => ImageCaller;
  /** Takes up images from a source; without one, those that were built on this host. */
  readonly importImages: (
    caller: ImageCaller,
    from: ImportOrder | undefined,
    signal: AbortSignal,
  ) => Promise<Imported>;
}

export function imageHandlers<Caller>(parts: ImageHandlersParts<Caller>): Handlers<typeof imageApi, Caller> {
  const { service, callerOf, importImages } = parts;
  return {
    ...transferHandlers(parts),
    ...changeHandlers(parts),
    listImages: async ({ caller, query: { after, limit } }) => {
      const page = { limit, ...(after === undefined ? {} : { after }) };
      return { images: await service.list(callerOf(caller), page) };
    },
    searchImages: async ({ caller, body }) => search(service, callerOf(caller), body),
    importImages: async ({ caller, body: { importer, source, scope, ...more }, signal }) => {
      const isForAll = scope === 'platform';
      const from =
        importer === undefined || source === undefined ? undefined : { importer, source, isForAll, ...more };
      assertMayImport(callerOf(caller), from);
      const { taken, left } = await importImages(callerOf(caller), from, signal);
      return {
        left,
        images: taken.map(({ version, name, warnings }) => ({
          id: version.imageId,
          name,
          version: version.number,
          warnings,
        })),
      };
    },
    showImage: async ({ caller, params }) => await service.get(callerOf(caller), params.imageId),
    auditImage: async ({ caller, params }) => ({
      entries: await service.audit(callerOf(caller), params.imageId),
    }),
  };
}

type ChangeRoute =
  | 'createImage'
  | 'updateImage'
  | 'deleteImage'
  | 'addImageVersion'
  | 'addImageArtifact'
  | 'changeImageState'
  | 'setImageChannel';

function changeHandlers<Caller>({
  service,
  callerOf,
}: ImageHandlersParts<Caller>): Pick<Handlers<typeof imageApi, Caller>, ChangeRoute> {
  return {
    createImage: async ({ caller, body }) => await service.create(callerOf(caller), body),
    updateImage: async ({ caller, params, body }) =>
      await service.update(callerOf(caller), params.imageId, body),
    deleteImage: async ({ caller, params }) => {
      await service.remove(callerOf(caller), params.imageId);
      return {};
    },
    addImageVersion: async ({ caller, params, body }) =>
      await service.addVersion(callerOf(caller), params.imageId, body),
    addImageArtifact: async ({ caller, params: { imageId, number }, body }) =>
      await service.addArtifact(callerOf(caller), { id: imageId, number }, body),
    changeImageState: async ({ caller, params: { imageId, number }, body: { state, at } }) => {
      const change = { to: state, ...(at === undefined ? {} : { at }) };
      return await service.setState(callerOf(caller), { id: imageId, number }, change);
    },
    setImageChannel: async ({ caller, params: { imageId, channel }, body }) => {
      const pointer = { channel, number: body.version ?? undefined };
      return await service.setChannel(callerOf(caller), imageId, pointer);
    },
  };
}

function requirementsIn(body: {
  readonly requirements?: ImageRequirements;
  readonly query?: string;
  readonly dialect: QueryDialect;
}): ImageRequirements {
  if (body.query === undefined) return body.requirements ?? { hard: [], soft: [] };
  if (body.requirements === undefined) return readQuery(body.query, body.dialect);
  throw new PlatformError('invalid-argument', 'Give requirements or a query, not both.');
}

function foundView({ id, name, versionNumber, fingerprint, operatingSystem }: Vmi) {
  return {
    id,
    name,
    ...(versionNumber === undefined ? {} : { version: versionNumber }),
    ...(fingerprint === undefined ? {} : { fingerprint }),
    operatingSystem: describeOperatingSystem(operatingSystem),
  };
}

function verdictView({ requirement, holds, because }: Verdict) {
  return { requirement: describeRequirement(requirement), holds, because };
}

type Search = Parameters<Handlers<typeof imageApi, unknown>['searchImages']>[0]['body'];

function search(service: ImageService, caller: ImageCaller, body: Search) {
  const requirements = requirementsIn(body);
  const { channel, limit, preferredVmms, score: ranking } = body;
  const result = service.match(caller, requirements, {
    limit,
    score: ranking,
    ...(channel === undefined ? {} : { channel }),
    ...(preferredVmms === undefined ? {} : { preferredVmms }),
  });
  return {
    matches: result.ranked.map(({ vmi, artifact, score, imScore, share, verdicts }): MatchView => ({
      ...foundView(vmi),
      score,
      ...(imScore === undefined ? {} : { imScore }),
      share,
      ...(artifact === undefined ? {} : { artifact }),
      verdicts: verdicts.map(verdictView),
    })),
    nearMisses: result.nearMisses.map(({ vmi, failed }): NearMissView => ({
      ...foundView(vmi),
      failed: failed.map(verdictView),
    })),
    ...(result.ranked.length > 0 ? {} : { explanation: explainNoImage(result, requirements) }),
  };
}

/** A source is read by the server, with what the server may read. */
/** Other importers read what a server of ours reaches. */
function assertMayImport(caller: ImageCaller, from: ImportOrder | undefined): void {
  if (caller.isAdmin || (from?.importer === cloudImporter && !from.isForAll)) return;
  const message =
    from?.importer === cloudImporter
      ? 'Only an admin may import for everybody; import for yourself instead.'
      : 'Only an admin may import from there; add the image yourself, or import from a cloud of yours.';
  throw new PlatformError('forbidden', message);
}
