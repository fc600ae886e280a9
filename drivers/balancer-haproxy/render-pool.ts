import type { CheckSpec, PoolSpec } from '@trencadis/availability';
import { sha256OfText } from '@trencadis/ids';
import { type BalancerRecord, type MemberRecord, backendNames } from './record.ts';
import { endpointOf, openServerOptions, serverOptions, tlsOptions } from './server-line.ts';

/**
 * A pool as HAProxy's backends: one with checks and, where it fails open, one with the same members and no checks that
 * is used when none of the first is up. HAProxy has no other way to fail open (LB-06).
 */
export function renderPool(
  balancer: BalancerRecord,
  pool: PoolSpec,
  members: readonly MemberRecord[],
): string {
  const { checked, open } = backendNames(balancer.name, pool.name);
  const first = [
    `backend ${checked}`,
    ...settings(balancer.name, pool),
    // Over a reload, what is down stays down.
    '  load-server-state-from-file global',
    ...checkSettings(pool.check),
    ...members.map((member) => serverLine(member, serverOptions(balancer.name, pool, member))),
  ];
  if (!pool.failsOpen) return first.join('\n');
  const second = [
    `backend ${open}`,
    ...settings(balancer.name, pool),
    ...members.map((member) => serverLine(member, openServerOptions(balancer.name, pool, member))),
  ];
  return `${first.join('\n')}\n\n${second.join('\n')}`;
}

function serverLine(member: MemberRecord, options: string): string {
  // Members start up: what was not seen up yet, or shall get nothing new, must not.
  const start = member.gate === 'ready' ? '' : ' disabled';
  return `  server ${member.name} ${endpointOf(member)} ${options}${start}`;
}

function settings(balancer: string, pool: PoolSpec): readonly string[] {
  return [
    ...balance(pool.algorithm),
    ...(pool.protocol === 'tcp' ? tcpSettings(pool) : httpSettings(balancer, pool)),
    // Members at the socket may only name an authority that is loaded already.
    ...(pool.protocol === 'https' ? [`  default-server ${tlsOptions(balancer, pool.name)}`] : []),
    // A VM that hangs or has gone answers no probe of the kernel: its connections end after some 3 s.
    '  option srvtcpka',
    '  srvtcpka-idle 1s',
    '  srvtcpka-intvl 1s',
    '  srvtcpka-cnt 2',
  ];
}

/** Only those that take members at run time. */
function balance(algorithm: PoolSpec['algorithm']): readonly string[] {
  return algorithm === 'source' ? ['  balance source', '  hash-type consistent'] : [`  balance ${algorithm}`];
}

function tcpSettings({ isSticky }: PoolSpec): readonly string[] {
  const sticky = ['  stick-table type ip size 100k expire 1h', '  stick on src'];
  return ['  mode tcp', '  timeout server 1h', ...(isSticky ? sticky : [])];
}

function httpSettings(balancer: string, pool: PoolSpec): readonly string[] {
  return [
    '  mode http',
    '  retry-on conn-failure empty-response response-timeout',
    `  http-request set-timeout server ${pool.answerMs ?? defaultAnswerMs}ms if { method GET HEAD OPTIONS }`,
    ...(pool.isSticky ? stickyCookie(balancer, pool.name) : []),
  ];
}

/** Long for an answer to begin, short for one that waits at a process that hangs. */
const defaultAnswerMs = 10_000;

/** The value is a digest of the member's address, as members that join at run time have no other. */
function stickyCookie(balancer: string, pool: string): readonly string[] {
  const name = `${balancer}.${pool}`;
  return [
    `  cookie trencadis-${pool} insert indirect nocache httponly dynamic`,
    `  dynamic-cookie-key ${sha256OfText(name).slice(0, 16)}`,
  ];
}

function checkSettings({
  protocol,
  method,
  path,
  host = 'localhost',
  status,
  timeoutMs,
}: CheckSpec): readonly string[] {
  const http = [
    '  option httpchk',
    `  http-check send meth ${method} uri '${path}' ver HTTP/1.1 hdr Host ${host}`,
    `  http-check expect status ${status}`,
  ];
  return [`  timeout check ${timeoutMs}ms`, ...(protocol === 'tcp' ? [] : http)];
}
