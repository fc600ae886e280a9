import { type Client, type ClientOptions, createClient } from '@trencadis/http/client';
import { keyServerContract } from './contract.ts';

export { type Binding, verifyBinding } from './verify-binding.ts';
export { keyServerContract } from './contract.ts';

export type KeyServerClient = Client<typeof keyServerContract>;

/** Calls a Key Server; see the contract for each operation and the right that it needs. */
export function createKeyServerClient(options: ClientOptions): KeyServerClient {
  return createClient(keyServerContract, options);
}
