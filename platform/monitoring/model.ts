import type { HealthSpec, Sample } from '@trencadis/availability';
import type { RemoteShell } from '@trencadis/contextualization';
import type { VmName } from '@trencadis/ids';

/** What an exporter on a VM is set up with. Holds secrets: never logged, never an argument. */
export interface ExporterOptions {
  readonly vm: VmName;
  /** An address that the VM itself has; others than this one are not served, unless the VM does not have it. */
  readonly address: string;
  /** 9100. */
  readonly port?: number;
  /** For the VM's name, signed by the infrastructure's authority. */
  readonly certificatePem: string;
  readonly privateKeyPem: string;
  /** One of the infrastructure, made at random; at most 72 bytes. */
  readonly password: string;
}

/** A VM whose exporter is asked. Holds a secret: never logged. */
export interface ScrapeTarget {
  readonly vm: VmName;
  /** At which this process (or the shell's machine) reaches it; its certificate is for the VM's name all the same. */
  readonly address: string;
  /** 9100. */
  readonly port?: number;
  readonly authorityPem: string;
  readonly password: string;
  /** Of the VM's spec: 100 % is all of them. */
  readonly cpuCount: number;
  readonly memoryMiB: number;
}

/** `cpu`, `memory`, `disk` (the fullest file system) in %, `network` in bytes/s, both directions, all but loopback. */
export type VmMetric = 'cpu' | 'memory' | 'disk' | 'network';

/** A metric is missing where it is not known: `cpu` and `network` need two scrapes. `at` is this process's clock. */
export type VmSamples = Readonly<Partial<Record<VmMetric, Sample>>>;

/** Scrapes many VMs over connections that stay open, and keeps each one's last counters. */
export interface Collector {
  /**
   * Asks the VM's exporter, within two seconds. `unavailable`: it does not answer, or its certificate is not the
   * infrastructure's; `unauthenticated`: it refuses the password.
   */
  scrape(target: ScrapeTarget, signal: AbortSignal): Promise<VmSamples>;
  /** The same from the shell's machine (the VM itself, or one on its network), where this process cannot reach it. */
  scrapeThrough(shell: RemoteShell, target: ScrapeTarget, signal: AbortSignal): Promise<VmSamples>;
  /** Of the last scrape that succeeded. */
  latest(vm: VmName): VmSamples | undefined;
  /** Drops what is kept of it and its connection. */
  forget(vm: VmName): void;
  close(): Promise<void>;
}

export interface ProbeTarget {
  /** For TLS, the certificate has to be for this name. */
  readonly vm: VmName;
  readonly address: string;
  /** Required of `https`. */
  readonly authorityPem?: string;
}

/** `because` says why it did not pass, for a person: `HTTP 503 instead of 200`. */
export interface ProbeResult {
  readonly isPassed: boolean;
  readonly because?: string;
  readonly tookMs: number;
}

/** The newest result, and how many there were of its kind in a row, itself included. */
export interface ProbeRecord extends ProbeResult {
  readonly at: number;
  readonly passes: number;
  readonly failures: number;
}

export interface Watch {
  readonly target: ProbeTarget;
  /** Not of protocol `none`. */
  readonly health: HealthSpec;
  /**
   * Another way to the target, for example through a shell; absent: directly. What it throws as `unavailable` is no
   * verdict on the target: the latest result stays, and grows old.
   */
  readonly run?: (signal: AbortSignal) => Promise<ProbeResult>;
}

/** Probes each target at its interval, never twice at once. */
export interface Prober {
  /** Begins at once. The same target and health again: goes on as it is; others: starts anew, counts included. */
  watch(key: string, watch: Watch): void;
  forget(key: string): void;
  /** `undefined`: not watched, or no result yet. */
  latest(key: string): ProbeRecord | undefined;
  /** Called after each result, and must not throw; the answer ends it. */
  onResult(listener: (key: string, record: ProbeRecord) => void): () => void;
  /** Ends all; resolves when nothing runs any more. */
  close(): Promise<void>;
}

/** A figure that a service pushes of itself: of one VM, or of the group as a whole without `vm`. */
export interface CustomMetric {
  readonly service: string;
  readonly vm?: VmName;
  /** Lower-case letters, digits, `.`, `_` and `-`; not one of the platform's own (`cpu`, `requests`, ...). */
  readonly metric: string;
  readonly value: number;
}

/** In memory: a restart forgets, and services push again. `service` is unique in the platform, e.g. `inf-x/web`. */
export interface CustomMetrics {
  /** `invalid-argument`: a bad name or no finite number. `quota-exceeded`: a name too many (50 a service). */
  push(metrics: readonly CustomMetric[]): void;
  /** The newest of each, in the shape of a snapshot's `samples`. Older than `maxAgeMs` (10 minutes) are forgotten. */
  samplesOf(service: string): {
    readonly byReplica: Readonly<Record<string, Readonly<Record<VmName, Sample>>>>;
    readonly ofGroup: Readonly<Record<string, Sample>>;
  };
  forgetVm(service: string, vm: VmName): void;
  forgetService(service: string): void;
}

/** Agents' signs of life, in memory. */
export interface Heartbeats {
  beat(vm: VmName): void;
  /** Instant of the last one. */
  lastOf(vm: VmName): number | undefined;
  ageMs(vm: VmName): number | undefined;
  forget(vm: VmName): void;
}

/** Of one balancer between two looks. Keys of the pools' members are their VMs. */
export type BalancerMetrics = {
  /** Per second. */
  readonly requests: Readonly<Record<VmName, number>>;
  /** In ms. */
  readonly latency: Readonly<Record<VmName, number>>;
  /** Per second. */
  readonly errors: Readonly<Record<VmName, number>>;
};
