import { sha256OfText } from '@trencadis/ids';
import { certificatePath, paths } from './paths.ts';
import {
  type BalancerRecord,
  type FrontendRecord,
  type HostRecord,
  type MemberRecord,
  backendNames,
  balancersOf,
  versionOf,
} from './record.ts';
import { renderPool } from './render-pool.ts';
import { serverOptions } from './server-line.ts';

const nowhere = '_none';
/** How members are reached and looked at is the same for all of a pool, but for their own port and weight. */
const anyMember = { port: 0, weight: 0 };

/**
 * HAProxy's whole configuration. It is complete: started anew, HAProxy has all members. Names and texts in it were
 * looked at by `checkSpec` before they came into the record.
 */
export function renderConfig(record: HostRecord): string {
  return `# ${versionOf(record)}\n${renderBody(record, shapeOf(record))}`;
}

/**
 * A digest of what can only be changed by a reload: all but the members. HAProxy has it as its description, so that it
 * tells at its socket which one it runs with.
 */
export function shapeOf(record: HostRecord): string {
  const bare = Object.fromEntries(
    balancersOf(record).map((balancer) => [balancer.name, { ...balancer, members: [] }]),
  );
  const marks = balancersOf(record).flatMap(({ name, frontends, pools }) => [
    ...frontends.map(({ certificate }) => certificate?.chainDigest),
    ...pools.map((pool) => [pool.authorityPem, serverOptions(name, pool, anyMember)]),
  ]);
  return sha256OfText(`${renderBody({ ...record, balancers: bare }, '')}${JSON.stringify(marks)}`).slice(
    0,
    16,
  );
}

function renderBody(record: HostRecord, shape: string): string {
  const balancers = balancersOf(record);
  const sections = [
    globalSection(shape),
    defaults,
    ...balancers.flatMap((balancer) => [
      ...balancer.frontends.map((frontend) => renderFrontend(balancer, frontend)),
      ...balancer.pools.map((pool) => renderPool(balancer, pool, membersOf(balancer, pool.name))),
    ]),
    notFound,
  ];
  return `${sections.join('\n\n')}\n`;
}

function membersOf({ members }: BalancerRecord, pool: string): readonly MemberRecord[] {
  return members.filter((member) => member.pool === pool);
}

function globalSection(shape: string): string {
  return `global
  description trencadis-${shape}
  user haproxy
  group haproxy
  chroot /var/lib/haproxy
  stats socket ${paths.socket} mode 600 level admin expose-fd listeners
  stats timeout 30s
  server-state-file ${paths.serverState}
  hard-stop-after 1h
  ssl-default-bind-options ssl-min-ver TLSv1.2`;
}

/** Retries as measured (spec, 3.3): with them no request is lost to a member that dies or hangs. */
const defaults = `defaults
  timeout connect 1s
  timeout queue 5s
  timeout client 60s
  timeout server 60s
  timeout tunnel 1h
  timeout http-request 15s
  timeout http-keep-alive 15s
  retries 3
  option redispatch 1`;

const notFound = `backend ${nowhere}
  mode http
  http-request return status 404 content-type text/plain string "Not found"`;

function renderFrontend(balancer: BalancerRecord, frontend: FrontendRecord): string {
  const { name, port, protocol } = frontend;
  const ends =
    protocol === 'https' ? ` ssl crt ${certificatePath(balancer.name, name)} alpn h2,http/1.1` : '';
  return [
    `frontend ${balancer.name}.${name}`,
    `  bind :${port}${ends}`,
    ...(protocol === 'tcp' ? tcpFrontend : httpFrontend(protocol)),
    ...frontend.routes.flatMap((route, index) => renderRoute(balancer, route, index)),
    ...renderDefault(balancer, frontend.defaultPool),
  ].join('\n');
}

const tcpFrontend = ['  mode tcp', '  timeout client 1h', '  option clitcpka'];

function httpFrontend(protocol: 'http' | 'https'): readonly string[] {
  return [
    '  mode http',
    '  option forwardfor',
    `  http-request set-header X-Forwarded-Proto ${protocol}`,
    // What may have had an effect is sent once; a connection that could not be made has had none.
    '  http-request disable-l7-retry unless { method GET HEAD OPTIONS }',
  ];
}

function renderRoute(
  balancer: BalancerRecord,
  { host, pathPrefix, pool }: FrontendRecord['routes'][number],
  index: number,
): readonly string[] {
  const conditions = [
    ...(host === undefined ? [] : [`host-${index}`]),
    ...(pathPrefix === undefined ? [] : [`path-${index}`]),
  ];
  const acls = [
    ...(host === undefined
      ? []
      : [`  acl host-${index} req.hdr(host),field(1,:) -i -m str ${host.replace(/:\d+$/, '')}`]),
    ...(pathPrefix === undefined ? [] : pathAcls(index, pathPrefix)),
  ];
  return [...acls, ...useBackend(balancer, pool, conditions.length === 0 ? ['TRUE'] : conditions)];
}

/** A prefix ends where a segment of the path does. */
function pathAcls(index: number, prefix: string): readonly string[] {
  const whole = prefix.replace(/\/+$/, '');
  return [
    ...(whole === '' ? [] : [`  acl path-${index} path -m str '${whole}'`]),
    `  acl path-${index} path -m beg '${whole}/'`,
  ];
}

function useBackend(
  balancer: BalancerRecord,
  poolName: string,
  conditions: readonly string[],
): readonly string[] {
  const { checked, open } = backendNames(balancer.name, poolName);
  const failsOpen = balancer.pools.find(({ name }) => name === poolName)?.failsOpen === true;
  const found = conditions.join(' ');
  return [
    // Free connections are 0 where no member is up, and -1 where one is, as none has a limit. `nbsrv` will not do: after a
    // reload it is 0 in the process that ends, whose last requests would go to members that are down.
    ...(failsOpen ? [`  use_backend ${open} if ${found} { be_conn_free(${checked}) eq 0 }`] : []),
    `  use_backend ${checked} if ${found}`,
  ];
}

function renderDefault(balancer: BalancerRecord, pool: string | undefined): readonly string[] {
  return pool === undefined ? [`  default_backend ${nowhere}`] : useBackend(balancer, pool, ['TRUE']);
}
