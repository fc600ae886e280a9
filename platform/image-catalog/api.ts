import { byteStream, defineRoutes } from '@trencadis/http';
import { z } from 'zod';
import {
  channelName,
  imageBody,
  imageId,
  imageUpdateBody,
  imageView,
  matchView,
  namedArtifact,
  namedVersion,
  nearMissView,
  searchBody,
  versionBody,
  versionView,
} from './api-schemas.ts';
import { artifactSchema, metadataSchema } from './vmi-schema.ts';

const read = { right: 'image.read' } as const;
const change = { right: 'image.change' } as const;
const ofImage = z.object({ imageId });
const withVersions = z.object({ image: imageView, versions: z.array(versionView).readonly() });
const uploadStatus = z.object({ offset: z.number(), state: versionView.shape.state });
const artifactPath = '/api/images/{imageId}/versions/{number}/artifacts/{digest}';

export const imageApi = defineRoutes({
  listImages: {
    method: 'GET',
    path: '/api/images',
    summary: 'The images that you may list, by id, with their versions.',
    query: z.object({
      after: z.string().exactOptional(),
      limit: z.coerce.number().int().min(1).max(1000).default(100),
    }),
    response: z.object({ images: z.array(withVersions).readonly() }),
    access: read,
  },
  searchImages: {
    method: 'POST',
    path: '/api/images/search',
    summary: 'The images that meet all hard requirements, best first; else the nearest and what they lack.',
    body: searchBody,
    response: z.object({
      matches: z.array(matchView).readonly(),
      nearMisses: z.array(nearMissView).readonly(),
      /** Why there is no match, in a sentence. */
      explanation: z.string().exactOptional(),
    }),
    access: read,
  },
  importImages: {
    method: 'POST',
    path: '/api/images/import',
    summary: 'Take up images: those built on this host, or from a source that an importer reads.',
    body: z.strictObject({
      importer: z.string().exactOptional(),
      /** Directory, file or URL; of the importer `cloud` the name of one. */
      source: z.string().exactOptional(),
      /** Of a cloud's images: their name or native id; `*` stands for any text. */
      pattern: z.string().min(1).max(256).exactOptional(),
      /** Of those of a cloud's images of which it says none. */
      operatingSystem: metadataSchema.shape.operatingSystem.exactOptional(),
      /** Who may find a cloud's images when they are new here. */
      scope: z.enum(['own', 'platform']).default('own'),
    }),
    response: z.object({
      images: z
        .array(
          z.object({
            id: z.string(),
            name: z.string(),
            version: z.number(),
            warnings: z.array(z.string()).readonly(),
          }),
        )
        .readonly(),
      /** Seen and not taken up. */
      left: z.array(z.object({ name: z.string(), because: z.string() })).readonly(),
    }),
    access: change,
  },
  createImage: {
    method: 'POST',
    path: '/api/images',
    summary: 'A new image of yours, without versions.',
    body: imageBody,
    response: imageView,
    status: 201,
    access: change,
  },
  showImage: {
    method: 'GET',
    path: '/api/images/{imageId}',
    summary: 'An image with its versions.',
    params: ofImage,
    response: withVersions,
    access: read,
  },
  updateImage: {
    method: 'PATCH',
    path: '/api/images/{imageId}',
    summary: 'Change name, description, labels, group or access list; what is not given stays.',
    params: ofImage,
    body: imageUpdateBody,
    response: imageView,
    access: change,
  },
  auditImage: {
    method: 'GET',
    path: '/api/images/{imageId}/audit',
    summary: 'Who changed it and when, the last hundred times.',
    params: ofImage,
    response: z.object({
      entries: z.array(z.object({ user: z.string(), operation: z.string(), at: z.string() })).readonly(),
    }),
    access: read,
  },
  addImageVersion: {
    method: 'POST',
    path: '/api/images/{imageId}/versions',
    summary: 'A new version; active at once, or when the artifacts without a location have been uploaded.',
    params: ofImage,
    body: versionBody,
    response: versionView,
    status: 201,
    access: change,
  },
  showImageUpload: {
    method: 'GET',
    path: `${artifactPath}/upload`,
    summary: 'Where an upload stands: the offset to go on from.',
    params: namedArtifact,
    response: uploadStatus,
    access: change,
  },
  uploadImage: {
    method: 'PATCH',
    path: `${artifactPath}/upload`,
    summary: 'Bytes from that offset on. When they are cut off, what came is kept.',
    params: namedArtifact,
    query: z.object({ offset: z.coerce.number().int().min(0) }),
    upload: true,
    response: uploadStatus,
    access: change,
  },
  completeImageUpload: {
    method: 'POST',
    path: `${artifactPath}/upload`,
    summary:
      'All bytes have been sent: their SHA-256 is verified, and the version active when none is missing.',
    params: namedArtifact,
    response: versionView,
    access: change,
  },
  downloadImage: {
    method: 'GET',
    path: artifactPath,
    summary: 'The bytes of an artifact that was uploaded, or a range of them.',
    params: namedArtifact,
    download: true,
    response: byteStream,
    access: read,
  },
  addImageArtifact: {
    method: 'POST',
    path: '/api/images/{imageId}/versions/{number}/artifacts',
    summary: 'One more artifact: into a version whose bytes are awaited, else into a new version.',
    params: namedVersion,
    body: artifactSchema,
    response: versionView,
    status: 201,
    access: change,
  },
  changeImageState: {
    method: 'PUT',
    path: '/api/images/{imageId}/versions/{number}/state',
    summary: 'Deprecate, revoke or delete a version, now or (the first two) at a date.',
    params: namedVersion,
    body: z.object({
      state: z.enum(['deprecated', 'revoked', 'deleted']),
      at: z.iso.datetime().exactOptional(),
    }),
    response: versionView,
    access: change,
  },
  setImageChannel: {
    method: 'PUT',
    path: '/api/images/{imageId}/channels/{channel}',
    summary: 'Point a channel to an active version; null takes the channel away.',
    params: z.object({ imageId, channel: channelName }),
    body: z.object({ version: z.number().int().positive().nullable() }),
    response: imageView,
    access: change,
  },
  deleteImage: {
    method: 'DELETE',
    path: '/api/images/{imageId}',
    summary: 'Remove an image with all its versions.',
    params: ofImage,
    response: z.object({}),
    access: change,
  },
});
