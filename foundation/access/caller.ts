/** Who calls, as proven by a token. A caller holds nothing but what its scopes say: the default is deny. */
export interface Caller {
  readonly subject: string;
  readonly issuer: string;
  /** Groups of the virtual organization, such as `/trencadis/radiology`; for the audit, they grant nothing here. */
  readonly groups: readonly string[];
  readonly scopes: readonly Scope[];
}

/** A capability: an operation on everything at or below a path. */
export interface Scope {
  /** `key.read`, `key.write`, ... */
  readonly operation: string;
  /** The names between the slashes: `/ontologies/5` is ['ontologies', '5'], `/` is []. */
  readonly path: readonly string[];
}
