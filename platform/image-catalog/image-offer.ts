import type { Audience, Vmi } from './model.ts';

/** A version that a search may answer with, and to whom and through which channels. Plain JSON. */
export interface ImageOffer {
  readonly vmi: Vmi;
  readonly search: Audience;
  /** Answers whoever names no channel, or one that the image does not have. */
  readonly isDefault: boolean;
  /** The image's channels that point to this version. */
  readonly channels: readonly string[];
  /** Its other channels: whoever asks for one of these is answered by another version, or by none. */
  readonly otherChannels: readonly string[];
}

/** Through that channel, is this the image's version? */
export function isOfferedThrough(offer: Omit<ImageOffer, 'vmi'>, channel: string | undefined): boolean {
  if (channel === undefined) return offer.isDefault;
  if (offer.channels.includes(channel)) return true;
  return offer.isDefault && !offer.otherChannels.includes(channel);
}
