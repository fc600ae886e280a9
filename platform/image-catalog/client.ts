import { type Client, type ClientOptions, createClient } from '@trencadis/http';
import { imageApi } from './api.ts';

export type { ImageVersionView, ImageView, MatchView, NearMissView } from './api-schemas.ts';

export type ImageClient = Client<typeof imageApi>;

/** The typed client of the image catalog's API. */
export function createImageClient(options: ClientOptions): ImageClient {
  return createClient(imageApi, options);
}
