import { type Client, type ClientOptions, createClient } from '@trencadis/http';
import { cloudApi } from './api.ts';

export type { CloudQuotaView, CloudView } from './api.ts';

export type CloudClient = Client<typeof cloudApi>;

/** The typed client of the clouds' API. */
export function createCloudClient(options: ClientOptions): CloudClient {
  return createClient(cloudApi, options);
}
