import type { Sha256 } from '@trencadis/ids';

/**
 * The paper's four (Table 2): gar, an archive of a service; jar, a library; sql, a database definition; conf, a
 * configuration. The others are today's packages, archives, container images and recipes' modules.
 */
export type ComponentType =
  | 'gar'
  | 'jar'
  | 'sql'
  | 'conf'
  | 'npm'
  | 'deb'
  | 'tar'
  | 'oci'
  | 'puppet-module'
  | 'ansible-role';

/** One installation file (paper 4.2, Table 2). `fileName` with `version` is unique, and never changes its content. */
export interface Component {
  readonly fileName: string;
  readonly version: string;
  readonly type: ComponentType;
  readonly description: string;
  readonly digest: Sha256;
  readonly sizeBytes: number;
  /** An SPDX licence expression: `Apache-2.0`, `MIT OR GPL-3.0-only`. */
  readonly licence?: string;
  /** What must be there for it to work; absent when nothing must. */
  readonly dependencies?: readonly ComponentDependency[];
  readonly signature?: ComponentSignature;
  readonly manifest?: ServiceManifest;
  readonly puppetModule?: PuppetModule;
}

export interface ComponentDependency {
  readonly fileName: string;
  /** `*`, one version, or bounds that all hold: `>=1.2.0 <2.0.0`. */
  readonly range: string;
}

/** A detached signature of the content, in minisign's format. */
export interface ComponentSignature {
  /** Of the key that made it: 16 upper-case hexadecimal digits, as minisign prints them. */
  readonly keyId: string;
  /** Said by the signer and signed with the content. */
  readonly trustedComment: string;
  /** The `.minisig` file. */
  readonly text: string;
}

/** `component.json` at the root of a `gar`: how the service container runs it and what it needs from its deployment. */
export interface ServiceManifest {
  readonly name: string;
  readonly version: string;
  /** Program and arguments, relative to the unpacked archive. */
  readonly command: readonly string[];
  readonly port: number;
  readonly protocol: 'https' | 'http';
  /** Paths of the liveness and readiness probes. */
  readonly livePath: string;
  readonly readyPath: string;
  /** Databases by name that must be given in the context. */
  readonly databases: readonly string[];
  /** Secrets generated once for the infrastructure, kept sealed, and given in the context. */
  readonly secrets: readonly { readonly name: string; readonly byteCount: number }[];
  /** Parameters the deployer must or may give. */
  readonly parameters: readonly {
    readonly name: string;
    readonly description: string;
    readonly required: boolean;
  }[];
}

/** What the archive of a `puppet-module` says of itself. */
export interface PuppetModule {
  /** `author-module`. */
  readonly name: string;
  readonly version: string;
  readonly dependencies: readonly {
    /** `author-module`. */
    readonly name: string;
    /** As the author wrote it: `>= 4.13.1 < 10.0.0`; empty for any version. */
    readonly range: string;
  }[];
  /** The classes and defined types that its manifests hold, by their whole names: `ntp`, `ntp::server`. */
  readonly manifests: readonly string[];
  /** Resource types written in Ruby: `file_line`. */
  readonly types: readonly string[];
}

export interface FileToAdd {
  readonly fileName: string;
  readonly version: string;
  readonly description: string;
  /** A stream is written as it comes and never held in memory. */
  readonly content: Uint8Array | AsyncIterable<Uint8Array>;
  /** What the content must have; other content is `invalid-argument`. */
  readonly digest?: Sha256;
  /** From the file's name when it is not given, where the name tells. */
  readonly type?: ComponentType;
  readonly licence?: string;
  readonly dependencies?: readonly ComponentDependency[];
  /** A `.minisig` file's text. */
  readonly signature?: string;
}

export interface Verification {
  readonly content: 'intact' | 'damaged' | 'missing';
  /** `untrusted`: by a key that is not, or no longer, trusted here. */
  readonly signature: 'none' | 'valid' | 'invalid' | 'untrusted';
}

export interface ComponentRepository {
  /** By file name; versions of one file oldest first. */
  list(): Promise<readonly Component[]>;
  /** The newest version of that file, or that one; `undefined` when there is none. */
  find(fileName: string, version?: string): Promise<Component | undefined>;
  /** The file's bytes, verified against its digest: a mismatch is `internal`, naming the file. */
  read(component: Component): Promise<Buffer>;
  /**
   * Bytes `start` to `end`, both included, or all, as a stream for large files. The receiver verifies the digest.
   * Here only presence and size are: missing is `not-found`, another size `internal`.
   */
  open(
    component: Component,
    range?: { readonly start: number; readonly end: number },
  ): Promise<AsyncIterable<Uint8Array>>;
  /**
   * Same name, version and content twice: nothing changes. Same name and version, other content, type, licence,
   * dependencies or signature: `conflict`. Dependencies must be there already.
   */
  add(file: FileToAdd): Promise<Component>;
  /** Reads all of the content again. */
  verify(component: Component): Promise<Verification>;
  /** Refused as `conflict` while another component needs it or something refers to it. Absent: succeeds. */
  remove(component: Pick<Component, 'fileName' | 'version'>): Promise<void>;
  /** Deletes contents that no component has, and what interrupted writers left; answers how many bytes became free. */
  collectGarbage(): Promise<number>;
}
