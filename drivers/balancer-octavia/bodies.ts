import type { BalancerSpec, FrontendSpec, MemberSpec, PoolSpec } from '@trencadis/availability';
import type { Tag } from '@trencadis/ids';
import { writeMarks } from './marks.ts';

/** Whose a part is. */
export interface Owner {
  readonly name: string;
  readonly tag: Tag;
}

const algorithms = {
  roundrobin: 'ROUND_ROBIN',
  leastconn: 'LEAST_CONNECTIONS',
  source: 'SOURCE_IP',
} as const;
const listenerProtocols = { tcp: 'TCP', http: 'HTTP', https: 'TERMINATED_HTTPS' } as const;

export function loadBalancerTags({ name, tag }: Owner): readonly string[] {
  return writeMarks({ tag, balancer: name });
}

export function partTags({ name, tag }: Owner, kind: string, part: string): readonly string[] {
  return writeMarks({ tag, balancer: name, [kind]: part });
}

export interface PoolBody {
  readonly name: string;
  /** Cannot be changed of one that is there. */
  readonly protocol: 'TCP' | 'HTTP' | 'HTTPS';
  readonly lb_algorithm: string;
  readonly session_persistence: { readonly type: string } | null;
  readonly tls_enabled: boolean;
  readonly ca_tls_container_ref: string | null;
  readonly tags: readonly string[];
}

/** `authorityRef`: where its authority is kept. */
export function poolBody(spec: BalancerSpec, pool: PoolSpec, authorityRef: string | undefined): PoolBody {
  const isPassedThrough = pool.protocol === 'https' && !isSpokenTo(spec, pool.name);
  const http = isPassedThrough ? 'HTTPS' : 'HTTP';
  const isEncrypted = pool.protocol === 'https' && !isPassedThrough;
  const sticksBy = pool.protocol === 'tcp' || isPassedThrough ? 'SOURCE_IP' : 'HTTP_COOKIE';
  return {
    name: `${spec.name}-${pool.name}`,
    protocol: pool.protocol === 'tcp' ? 'TCP' : http,
    lb_algorithm: algorithms[pool.algorithm],
    session_persistence: pool.isSticky ? { type: sticksBy } : null,
    tls_enabled: isEncrypted,
    ca_tls_container_ref: isEncrypted ? (authorityRef ?? null) : null,
    tags: partTags(spec, 'pool', pool.name),
  };
}

/** Whether a frontend that understands HTTP sends to it, so that TLS does not just pass through. */
export function isSpokenTo({ frontends }: BalancerSpec, pool: string): boolean {
  return frontends.some(
    ({ protocol, defaultPool, routes }) =>
      protocol !== 'tcp' && (defaultPool === pool || routes.some((route) => route.pool === pool)),
  );
}

/** The API's words: `max_retries` passes in a row for up, `max_retries_down` failures for down; seconds. */
export function monitorBody(spec: BalancerSpec, { name, check }: PoolSpec) {
  const isHttp = check.protocol !== 'tcp';
  const request = {
    http_method: check.method,
    url_path: check.path,
    expected_codes: String(check.status),
    // A host name is told from HTTP 1.1 on only.
    ...(check.host === undefined ? {} : { http_version: 1.1, domain_name: check.host }),
  };
  const marks = { pool: name, ...(check.port === undefined ? {} : { 'check-port': String(check.port) }) };
  return {
    name: `${spec.name}-${name}`,
    /** Cannot be changed of one that is there. */
    type: check.protocol.toUpperCase(),
    delay: seconds(check.intervalMs),
    timeout: seconds(check.timeoutMs),
    max_retries: check.rise,
    max_retries_down: check.fall,
    ...(isHttp ? request : {}),
    tags: writeMarks({ tag: spec.tag, balancer: spec.name, ...marks }),
  };
}

/** Whole ones; upwards, so that nothing is checked more often or given less time than asked for. */
function seconds(ms: number): number {
  return Math.ceil(ms / 1000);
}

export interface ListenerParts {
  readonly defaultPoolId: string | undefined;
  /** Where its certificate is kept. */
  readonly certificateRef: string | undefined;
}

export function listenerBody(spec: BalancerSpec, frontend: FrontendSpec, parts: ListenerParts) {
  const told = { 'X-Forwarded-For': 'true', 'X-Forwarded-Port': 'true', 'X-Forwarded-Proto': 'true' };
  return {
    name: `${spec.name}-${frontend.name}`,
    /** Both cannot be changed of one that is there. */
    protocol: listenerProtocols[frontend.protocol],
    protocol_port: frontend.port,
    default_pool_id: parts.defaultPoolId ?? null,
    default_tls_container_ref: parts.certificateRef ?? null,
    insert_headers: frontend.protocol === 'tcp' ? {} : told,
    tags: partTags(spec, 'frontend', frontend.name),
  };
}

export interface RuleBody {
  readonly type: 'HOST_NAME' | 'PATH';
  readonly compare_type: 'REGEX' | 'STARTS_WITH';
  readonly value: string;
}

/**
 * All of them must hold. A host is compared without its port; a path prefix ends where a part of the path does: `/three`
 * takes `/three` and `/three/x`, not `/threefold`, which the API's own STARTS_WITH would.
 */
export function rulesOf({ host, pathPrefix }: FrontendSpec['routes'][number]): readonly RuleBody[] {
  const byHost: RuleBody[] =
    host === undefined ? [] : [{ type: 'HOST_NAME', compare_type: 'REGEX', value: hostPattern(host) }];
  const byPath: RuleBody[] =
    pathPrefix === undefined || pathPrefix === '/' ? [] : [{ type: 'PATH', ...pathCondition(pathPrefix) }];
  const rules = [...byHost, ...byPath];
  return rules.length > 0 ? rules : [{ type: 'PATH', compare_type: 'STARTS_WITH', value: '/' }];
}

function hostPattern(host: string): string {
  const pattern = escaped(host).replace(/^\\\*/, '[^.]+');
  return `^${pattern}(:[0-9]+)?$`;
}

function pathCondition(prefix: string): Pick<RuleBody, 'compare_type' | 'value'> {
  if (prefix.endsWith('/')) return { compare_type: 'STARTS_WITH', value: prefix };
  return { compare_type: 'REGEX', value: `^${escaped(prefix)}(/|$)` };
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}

/** What may be changed of a member that is there, and what it is told to others by. */
export interface MemberChange {
  readonly name: string;
  readonly weight: number;
  readonly admin_state_up: boolean;
  readonly monitor_port: number | null;
  readonly tags: readonly string[];
}

export function memberChange(
  owner: Owner,
  { name, pool, weight }: Pick<MemberSpec, 'name' | 'pool' | 'weight'>,
  checkPort: number | undefined,
): MemberChange {
  return {
    name,
    weight,
    admin_state_up: true,
    monitor_port: checkPort ?? null,
    tags: writeMarks({ tag: owner.tag, balancer: owner.name, pool, vm: name, weight: String(weight) }),
  };
}

/**
 * Weight 0 takes no new clients. HAProxy, which Octavia's amphorae run, goes on giving it those that stick to it: where
 * the pool has them stick, the member is disabled beside, which lets connections end too.
 */
export function drainingChange(member: MemberChange, isSticky: boolean): MemberChange {
  return { ...member, weight: 0, admin_state_up: !isSticky, tags: [...member.tags, 'draining=yes'] };
}
