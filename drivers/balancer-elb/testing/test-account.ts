import type { AwsAccount } from '@trencadis/aws-client';
import { awsClients } from '../aws-clients.ts';

export interface TestAccount {
  readonly endpoint: string;
  readonly credentials: AwsAccount;
}

/** Clients of the tests' own, past the drivers. */
export function awsOf({ endpoint, credentials }: TestAccount) {
  return awsClients(credentials, endpoint);
}
