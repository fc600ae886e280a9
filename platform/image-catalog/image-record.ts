import type { ImageOffer } from './image-offer.ts';
import type { Image, ImageVersion, Vmi } from './model.ts';

/** An image with all its versions, the oldest first. */
export interface ImageRecord {
  readonly image: Image;
  readonly versions: readonly ImageVersion[];
}

const defaultChannel = 'stable';

/** One version of an image, flat. */
export function vmiOf(image: Image, version: ImageVersion): Vmi {
  const { id, name, description, owner, group, labels } = image;
  const { number, fingerprint, createdAt, metadata, artifacts } = version;
  return {
    ...metadata,
    id,
    name,
    description,
    artifacts,
    owner,
    ...(group === undefined ? {} : { group }),
    labels,
    versionNumber: number,
    fingerprint,
    createdAt,
  };
}

/**
 * What searches may answer with (CAT-11): the active version of each channel; without a channel `stable`, else the
 * newest active one. A channel whose version is not active any more offers nothing.
 */
export function offersOf({ image, versions }: ImageRecord): readonly ImageOffer[] {
  const active = versions.filter(({ state }) => state === 'active');
  const byDefault = image.channels[defaultChannel] ?? active.at(-1)?.number;
  return active.flatMap((version) => {
    const channels = Object.keys(image.channels).filter((name) => image.channels[name] === version.number);
    const isDefault = version.number === byDefault;
    if (!isDefault && channels.length === 0) return [];
    const otherChannels = Object.keys(image.channels).filter((name) => !channels.includes(name));
    return [{ vmi: vmiOf(image, version), search: image.acl.search, isDefault, channels, otherChannels }];
  });
}
