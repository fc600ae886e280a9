/**
 * An account of an OpenStack cloud, in the words of `clouds.yaml`: what the OpenStack VM manager's credentials hold may be
 * given as it is. It is a password, an application credential or a token.
 */
export interface OctaviaCredentials {
  readonly username?: string | undefined;
  readonly userId?: string | undefined;
  /** Where the user is given by name. Without either: the domain whose id is `default`. */
  readonly userDomainName?: string | undefined;
  readonly userDomainId?: string | undefined;
  readonly password?: string | undefined;
  readonly projectName?: string | undefined;
  readonly projectId?: string | undefined;
  readonly projectDomainName?: string | undefined;
  readonly projectDomainId?: string | undefined;
  readonly applicationCredentialId?: string | undefined;
  readonly applicationCredentialName?: string | undefined;
  readonly applicationCredentialSecret?: string | undefined;
  /** Of Keystone, for as long as it lasts; it cannot be renewed. */
  readonly token?: string | undefined;
  /** Needed where the cloud's catalog has several. */
  readonly region?: string | undefined;
  /** Which of the catalog's addresses. Default `public`. */
  readonly interface?: 'public' | 'internal' | 'admin' | undefined;
  /** PEM of an authority that is accepted beside the system's own. */
  readonly caCertificate?: string | undefined;
  /** Name or id of the network of public addresses. Needed where the project sees several. */
  readonly externalNetwork?: string | undefined;
}
