import type { Sha256 } from '@trencadis/ids';

export interface ShellEndpoint {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** OpenSSH private key, PEM. */
  readonly privateKey: string;
  /** The only host keys accepted (`ssh-ed25519 AAAA...`); an empty list refuses every host. */
  readonly hostKeys: readonly string[];
  /** The machine through which it is reached, which may itself be behind another; each has host keys of its own. */
  readonly via?: ShellEndpoint;
}

export interface RunOptions {
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  readonly stdin?: string;
  /** Called for each line, as it comes. */
  readonly onLine?: (line: string, stream: 'stdout' | 'stderr') => void;
}

export interface RunResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface FileToPut {
  readonly path: string;
  readonly content: Uint8Array | string;
  /** POSIX mode, for example 0o600. */
  readonly mode: number;
}

/** A connection to one machine's shell. Connecting and every call fail with `unavailable` when the link does. */
export interface RemoteShell {
  /** What it is connected to, for a configurator that reaches the machine by itself. Holds the key: never logged. */
  readonly endpoint: ShellEndpoint;
  /** Runs one program; the arguments reach it as they are, whatever they contain. A non-zero exit is a result, not an error. */
  run(argv: readonly [string, ...string[]], options: RunOptions): Promise<RunResult>;
  /** Writes the file whole or not at all (temporary name, then rename). Parent folders must exist. */
  putFile(file: FileToPut, signal: AbortSignal): Promise<void>;
  getFile(path: string, signal: AbortSignal): Promise<Buffer>;
  close(): Promise<void>;
}

export interface RemoteShellDriver {
  connect(endpoint: ShellEndpoint, signal: AbortSignal): Promise<RemoteShell>;
}

/** A `type {'title': key => value, ...}` line of a recipe (paper, Fig. 3). */
export interface ResourceLine {
  readonly type: string;
  readonly title: string;
  readonly attributes: Readonly<Record<string, string>>;
}

export type Recipe =
  | { readonly kind: 'resource-lines'; readonly lines: readonly ResourceLine[] }
  | {
      readonly kind: 'text';
      readonly text: string;
      /** Of other configures of the same step, to be applied before the text; Puppet's. */
      readonly lines?: readonly ResourceLine[];
    };

/** An installation file (paper 4.2) to hand to the VM; the digest is verified on the VM before use. */
export interface DeliveredComponent {
  readonly fileName: string;
  readonly digest: Sha256;
  /** Read only where it is pushed to the VM. */
  readonly content: () => Promise<Uint8Array>;
  /** Lets the VM fetch the file from the platform itself. Asked for just before, as it does not last. */
  readonly order?: () => Promise<FetchOrder>;
}

/** A file that one VM may fetch with `GET https://<the platform's address>:<port><path>`; the VM knows that address from its SSH session. */
export interface FetchOrder {
  readonly port: number;
  readonly path: string;
  /** The name in the server's certificate. */
  readonly serverName: string;
  /** The only authority whose certificate counts. */
  readonly authorityPem: string;
  /** Bearer token, good for minutes: never logged, never an argument. */
  readonly token: string;
}

/** What a configurator is asked to bring about on one VM. Applying it twice changes nothing the second time. */
export interface ConfigurationJob {
  readonly vmName: string;
  readonly recipe: Recipe;
  readonly components: readonly DeliveredComponent[];
  /** Facts about the VM and its peers; written root-only on the VM. Holds secrets: never logged. */
  readonly context: ConfigurationContext;
}

export interface ConfigurationContext {
  readonly infrastructureId: string;
  readonly vmName: string;
  readonly systemId: string;
  /** Addresses by network id of the document. */
  readonly addresses: Readonly<Record<string, string>>;
  readonly peers: readonly {
    readonly vmName: string;
    readonly systemId: string;
    readonly addresses: Readonly<Record<string, string>>;
    readonly machine?: MachineFacts;
  }[];
  /** What a document of the Infrastructure Manager can ask for and refer to; Ansible's recipes need it. */
  readonly machine?: ConfiguredMachine;
  readonly certificate: {
    readonly certificatePem: string;
    readonly privateKeyPem: string;
    readonly authorityPem: string;
  };
  /** Databases reachable from this VM, by name (Fig. 3's SQL_Keys), with the login made for this infrastructure. */
  readonly databases: Readonly<Record<string, DatabaseLogin>>;
  /** Secrets that components ask for in their manifest, by name. */
  readonly secrets: Readonly<Record<string, string>>;
  /** Free parameters given at deployment (for example a token issuer's public keys), by name. */
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** What is known of one VM beside its addresses by network. */
export interface MachineFacts {
  /** Of its system, from 0: what `#N#` stands for. */
  readonly number: number;
  /** With its domain, if it has one. */
  readonly hostName: string;
  /** The VM manager's own id of it. */
  readonly vmId: string;
  readonly vmm: {
    /** The product: `OpenStack`. */
    readonly type: string;
    /** The host name of its API; empty where there is none. */
    readonly server: string;
  };
  /** `net_interface.N`, in order. */
  readonly interfaces: readonly MachineInterface[];
}

export interface MachineInterface {
  readonly kind: 'public' | 'private';
  readonly address: string;
  /** `net_interface.N.dns_name` with the number filled in. */
  readonly hostName?: string;
}

/** The VM that is configured, and what its document asks for on it beside the recipe. */
export interface ConfiguredMachine extends MachineFacts {
  readonly disks: readonly DiskToMount[];
  /** `disk.0.applications`. */
  readonly applications: readonly WantedApplication[];
  /** `vault.password`, of Ansible-Vault. */
  readonly vaultPassword?: string;
  /** The document's networks, systems and deploys as JSON RADL, without passwords. */
  readonly radl: readonly Readonly<Record<string, unknown>>[];
  /** The text recipes of the document by the id of their `configure`: a recipe may include another as `ID.yml`. */
  readonly recipes: Readonly<Record<string, string>>;
}

export interface DiskToMount {
  /** `vdb` or `/dev/vdb`; absent where the VM manager mounts it. */
  readonly device?: string;
  /** Absolute; of no meaning for `swap`. */
  readonly mountPath: string;
  /** For mkfs: `ext4`, `xfs`; or `swap`. */
  readonly fsType: string;
}

/** `ansible.roles.X` (or `ansible.modules.X`) and `ansible.collections.N.X` come from a component's file, others from the distribution's packages. */
export interface WantedApplication {
  readonly name: string;
  readonly version?: string;
  readonly path?: string;
  /** The image has it: nothing is to be done for it. */
  readonly isInImage?: boolean;
}

export interface DatabaseLogin {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  /** Subnets whose hosts may log in; used on the VM that holds the database. */
  readonly allowedFrom: readonly string[];
}

export interface ConfigurationEvents {
  /** One line of live output, secrets already removed. */
  onLine(line: string): void;
}

export interface RecipeInspection {
  /** What of it this configurator cannot do; empty when all is well. */
  readonly problems: readonly string[];
  /** File names of the components that it needs on the VM. */
  readonly componentFiles: readonly string[];
  /** Databases that it makes there. */
  readonly databases: readonly string[];
  /** Whether what it brings about depends on the other VMs, and so must be done again when they change. */
  readonly usesPeers: boolean;
}

/** What the component repository holds, as far as a recipe's inspection asks. */
export interface OfferedComponent {
  readonly fileName: string;
  readonly type: string;
  readonly puppetModule?: {
    /** `author-module`. */
    readonly name: string;
    readonly version: string;
    readonly dependencies: readonly { readonly name: string; readonly range: string }[];
    /** Classes and defined types. */
    readonly manifests: readonly string[];
    /** Resource types written in Ruby. */
    readonly types: readonly string[];
  };
}

export interface Configurator {
  readonly name: 'puppet' | 'ansible' | 'cloud-init';
  /**
   * Reads a recipe while planning, before anything is made. `applications` are those that the system asks for,
   * `offered` what the component repository holds, versions of one file oldest first; nothing unless told.
   */
  inspect(
    recipe: Recipe,
    applications?: readonly WantedApplication[],
    offered?: readonly OfferedComponent[],
  ): RecipeInspection;
  /** Throws `invalid-argument` naming the resource that failed and its message, `unavailable` when the link fails. */
  configure(
    shell: RemoteShell,
    job: ConfigurationJob,
    options: ConfigurationEvents & { readonly signal: AbortSignal; readonly timeoutMs: number },
  ): Promise<void>;
}
