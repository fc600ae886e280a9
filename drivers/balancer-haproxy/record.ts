import type { BalancerSpec, FrontendSpec, MemberSpec, PoolSpec } from '@trencadis/availability';

/**
 * What is kept at each balancer host, beside HAProxy's configuration: all that is asked for there, without secrets. Any
 * process of the platform finds it there, and either host can be filled again from the other one.
 */
export interface HostRecord {
  /** Of two records, the one with the higher version holds; of two equal ones, the greater id. */
  readonly version: number;
  readonly id: string;
  readonly balancers: Readonly<Record<string, BalancerRecord>>;
}

export interface BalancerRecord extends Omit<BalancerSpec, 'frontends' | 'networks'> {
  readonly frontends: readonly FrontendRecord[];
  readonly pools: readonly PoolSpec[];
  readonly members: readonly MemberRecord[];
}

export interface FrontendRecord extends Omit<FrontendSpec, 'certificate'> {
  readonly certificate?: CertificateMark;
}

/** By which a certificate is told from another one. */
export interface CertificateMark {
  /** Of the leaf, SHA-1 in upper-case hexadecimal, as HAProxy shows it. */
  readonly fingerprint: string;
  /** Of all that is in the file, and of what comes after the leaf. */
  readonly digest: string;
  readonly chainDigest: string;
}

/**
 * `checking`: it has never been seen up. HAProxy lets it in by itself; but when HAProxy is started again, it takes
 * members for up before their first check, so the configuration holds this one disabled until it was seen up.
 */
export interface MemberRecord extends MemberSpec {
  readonly gate: 'checking' | 'ready' | 'draining';
}

export const emptyRecord: HostRecord = { version: 0, id: '', balancers: {} };

/** The first line of the file, and of the configuration that was made from it. */
export function versionOf({ version, id }: HostRecord): string {
  return version === 0 ? '' : `${version}.${id}`;
}

export function isNewer(one: HostRecord, other: HostRecord): boolean {
  return one.version > other.version || (one.version === other.version && one.id > other.id);
}

export function writeRecord(record: HostRecord): string {
  return `${versionOf(record)}\n${JSON.stringify(record)}\n`;
}

/** The names under which HAProxy knows a pool: the first with checks, the second for when none of its members is up. */
export function backendNames(
  balancer: string,
  pool: string,
): { readonly checked: string; readonly open: string } {
  // A name has no dot, so these never meet.
  return { checked: `${balancer}.${pool}`, open: `${balancer}.${pool}.open` };
}

export function balancersOf(record: HostRecord): readonly BalancerRecord[] {
  return Object.values(record.balancers).toSorted((one, other) => (one.name < other.name ? -1 : 1));
}
