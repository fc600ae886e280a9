import type { RemoteShell } from '@trencadis/contextualization';
import type { Tag, VmName } from '@trencadis/ids';

/** Load balancing of one or more services (paper, section 5). Times in milliseconds; names are DNS labels. */
export interface BalancerSpec {
  readonly name: string;
  readonly tag: Tag;
  readonly frontends: readonly FrontendSpec[];
  readonly pools: readonly PoolSpec[];
  /** An address that moves between a pair of balancers; where there is no pair, of no meaning. */
  readonly virtualAddress?: string;
  /** Where a VM manager's own balancer stands: names of its networks. */
  readonly networks?: readonly string[];
}

export interface FrontendSpec {
  readonly name: string;
  readonly port: number;
  /** `tcp` passes TLS through; `https` ends it here. */
  readonly protocol: 'tcp' | 'http' | 'https';
  /** Of `https`. Holds a secret: never logged, never an argument. */
  readonly certificate?: Certificate;
  /** In order; not of `tcp`. */
  readonly routes: readonly { readonly host?: string; readonly pathPrefix?: string; readonly pool: string }[];
  /** For what no route takes; absent: 404 over HTTP. Required of `tcp`. */
  readonly defaultPool?: string;
}

export interface Certificate {
  /** Leaf first, then its chain. */
  readonly certificatePem: string;
  readonly privateKeyPem: string;
}

export interface PoolSpec {
  readonly name: string;
  /** What its members speak. `https` is verified with `authorityPem`. */
  readonly protocol: 'tcp' | 'http' | 'https';
  readonly authorityPem?: string;
  readonly algorithm: 'roundrobin' | 'leastconn' | 'source';
  /** A client stays with its member: by cookie over HTTP, by address over TCP. */
  readonly isSticky: boolean;
  /** How long connections may go on at a member that drains. */
  readonly drainMs: number;
  /** Over how long a new member's share grows; 0: at once. */
  readonly slowStartMs: number;
  /** Sends to all members when none is up. */
  readonly failsOpen: boolean;
  /**
   * After so long without a beginning of an answer, a GET, HEAD or OPTIONS is sent to another member; where the product
   * does so at all. Absent: 10 s.
   */
  readonly answerMs?: number;
  readonly check: CheckSpec;
  /**
   * Its members are those of a VM manager's own scaling group (`scaling-group.ts`), which joins and drains them itself,
   * all at this port: `addMember` is `unsupported`. Only where the balancer is that VM manager's own too.
   */
  readonly group?: { readonly port: number };
}

export interface CheckSpec {
  readonly protocol: 'tcp' | 'http' | 'https';
  /** Absent: the member's own. */
  readonly port?: number;
  readonly method: 'GET' | 'HEAD' | 'OPTIONS';
  readonly path: string;
  readonly host?: string;
  readonly status: number;
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly fall: number;
  readonly rise: number;
}

export interface MemberSpec {
  readonly pool: string;
  /** Of the replica's VM. */
  readonly name: VmName;
  readonly address: string;
  readonly port: number;
  /** 0 to 256; 100. */
  readonly weight: number;
}

export interface MemberPlace {
  readonly balancer: string;
  readonly pool: string;
  readonly name: VmName;
}

/**
 * `checking`: joined, and gets nothing as it has not passed `rise` checks yet. `draining`: what it has goes on, nothing
 * new comes.
 */
export type MemberState = 'checking' | 'up' | 'down' | 'draining' | 'unknown';

export interface MemberStatus extends MemberSpec {
  readonly state: MemberState;
  /** Why it is not up, as the product says it: `Layer7 wrong status, 503`. */
  readonly because?: string;
  /** Of requests or connections that it has now; absent: the product does not tell. */
  readonly sessions?: number;
  /** Since it joined. */
  readonly requests?: number;
  readonly errors?: number;
  /** Mean of its latest answers. */
  readonly latencyMs?: number;
}

export interface Balancer {
  readonly name: string;
  readonly tag: Tag;
  /** Where clients reach it: addresses or host names, the one to use first. Empty while it is being made. */
  readonly addresses: readonly string[];
  readonly status: 'creating' | 'active' | 'failed';
  /** Why it has failed. */
  readonly failure?: string;
  readonly frontends: readonly Pick<FrontendSpec, 'name' | 'port' | 'protocol'>[];
  readonly pools: readonly string[];
  readonly members: readonly MemberStatus[];
}

/** What a product is able to do; what it lacks is refused with `unsupported`. */
export interface BalancerCapabilities {
  /** `HAProxy`, `ELBv2`, `Octavia`. */
  readonly product: string;
  readonly protocols: readonly FrontendSpec['protocol'][];
  readonly algorithms: readonly PoolSpec['algorithm'][];
  /** Host names and paths. */
  readonly routes: boolean;
  readonly weights: boolean;
  readonly slowStart: boolean;
  /** Sends to nobody when no member is up: `failsOpen` false. */
  readonly failClosed: boolean;
  /** Sends to all when none is up: `failsOpen` true. Absent: it can. */
  readonly failOpen?: boolean;
  /** Pools may be those of the VM manager's own scaling groups: `PoolSpec.group`. Absent: they cannot. */
  readonly groups?: boolean;
  /** It tells sessions, requests and errors of each member. */
  readonly memberMetrics: boolean;
  /** Bounds of a check that it can keep. */
  readonly check: { readonly leastIntervalMs: number; readonly mostFall: number; readonly mostRise: number };
}

/**
 * One product that balances load. Every call may be repeated: doing it twice is doing it once. What stands in the way
 * for a while is `unavailable`.
 */
export interface BalancerDriver {
  readonly capabilities: BalancerCapabilities;
  /**
   * Makes it, or makes one that is there as asked: frontends, pools, checks, certificates. Members stay as they are; of
   * pools that leave, members leave too. Open connections of what stays are not cut. Resolves once it is active.
   */
  applyBalancer(spec: BalancerSpec, signal: AbortSignal): Promise<Balancer>;
  describeBalancer(name: string, signal: AbortSignal): Promise<Balancer | undefined>;
  listBalancers(tag: Tag, signal: AbortSignal): Promise<readonly Balancer[]>;
  /** With everything that was made for it. Absent: succeeds. */
  deleteBalancer(name: string, signal: AbortSignal): Promise<void>;
  /**
   * Joins it, or changes address, port and weight of one that is there; one that drains comes back. It gets nothing
   * before it has passed `rise` checks. No such balancer or pool: `not-found`.
   */
  addMember(balancer: string, member: MemberSpec, signal: AbortSignal): Promise<void>;
  /** Nothing new from now on, stickiness ignored; what it has goes on. Absent: succeeds. */
  drainMember(place: MemberPlace, signal: AbortSignal): Promise<void>;
  /** At once, whatever goes on at it. Absent: succeeds. */
  removeMember(place: MemberPlace, signal: AbortSignal): Promise<void>;
}

/** A VM on which a balancer of ours runs. */
export interface BalancerHost {
  readonly name: VmName;
  /** At which its peer and its members reach it. */
  readonly address: string;
  /** An open connection, kept and shared: the driver never closes it. A lost one is opened again by asking again. */
  shell(signal: AbortSignal): Promise<RemoteShell>;
}
