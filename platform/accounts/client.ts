import { type Client, type ClientOptions, createClient } from '@trencadis/http';
import { accountApi } from './api.ts';

export type { AccountView, IssuedTokenView, MeView, TokenView } from './api.ts';

export type AccountClient = Client<typeof accountApi>;

/** The typed client of the accounts' API. */
export function createAccountClient(options: ClientOptions): AccountClient {
  return createClient(accountApi, options);
}
