import type { Sha256 } from '@trencadis/ids';

/** One installation file (paper 4.2, Table 2). `fileName` with `version` is unique. */
export interface Component {
  readonly fileName: string;
  readonly version: string;
  /** Gar: an archive of a service; Jar: a library; SQL: a database definition; Conf: a configuration. */
  readonly type: 'gar' | 'jar' | 'sql' | 'conf';
  readonly description: string;
  readonly digest: Sha256;
  readonly sizeBytes: number;
  readonly manifest?: ServiceManifest;
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

export interface ComponentRepository {
  /** By file name; versions of one file oldest first. */
  list(): Promise<readonly Component[]>;
  /** The newest version of that file; `undefined` when there is none. */
  find(fileName: string): Promise<Component | undefined>;
  /** The file's bytes, verified against its digest: a mismatch is `internal`, naming the file. */
  read(component: Component): Promise<Buffer>;
  /** Same name, version and content twice: nothing changes. Same name and version, other content: `conflict`. */
  add(file: {
    readonly fileName: string;
    readonly version: string;
    readonly description: string;
    readonly content: Uint8Array;
  }): Promise<Component>;
}
