import { type Client, type ClientOptions, createClient } from '@trencadis/http/client';
import { keyServerApi } from './api.ts';

export { type Binding, verifyBinding } from './verify-binding.ts';
export { keyServerApi } from './api.ts';

export type KeyServerClient = Client<typeof keyServerApi>;

/** Calls a Key Server; see the contract for each operation and the right that it needs. */
export function createKeyServerClient(options: ClientOptions): KeyServerClient {
  return createClient(keyServerApi, options);
}
