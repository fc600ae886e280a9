import type { AmazonAccount } from '../account-settings.ts';
import { awsClients } from '../aws-clients.ts';

export interface TestAccount {
  readonly endpoint: string;
  readonly credentials: AmazonAccount;
}

/** Clients of the tests' own, past the drivers. */
export function awsOf({ endpoint, credentials }: TestAccount) {
  return awsClients(credentials, endpoint);
}
