import type { Clock } from '@trencadis/clock';

/**
 * An account at Amazon in one region: what a site at EC2 has for credentials, of which only this is read. Declared here
 * by its shape, as drivers do not know each other.
 */
export interface AmazonAccount {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Of temporary credentials (STS). */
  readonly sessionToken?: string | undefined;
  readonly region: string;
  /** PEM: certificate authorities that are trusted beside those that Node.js knows. */
  readonly caCertificate?: string | undefined;
}

export interface AmazonOptions {
  readonly credentials: AmazonAccount;
  /** Base URL of a service that answers as Amazon's do, for all of them; absent or empty: Amazon's own of the region. */
  readonly endpoint?: string;
  readonly clock?: Clock;
  /** How often it is asked whether what was promised is done. Default 2 s. */
  readonly pollEveryMs?: number;
}
