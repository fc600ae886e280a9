import type {
  BalancerCapabilities,
  BalancerSpec,
  CheckSpec,
  FrontendSpec,
  PoolSpec,
} from '@trencadis/availability';
import { invalid } from '@trencadis/openstack-client';
import { unsupported } from './errors.ts';

const label = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
const hostName = /^(\*\.)?[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/i;
/** Of RFC 3986 a path and query, without what means something in a configuration of HAProxy. */
const urlPath = /^\/[\w.~!$&()*+,;=:@%/?-]*$/;

/** All that can be refused before anything is made: contradictions `invalid-argument`, what Octavia lacks `unsupported`. */
export function checkBalancer(spec: BalancerSpec, capabilities: BalancerCapabilities): void {
  const { name, frontends, pools } = spec;
  for (const each of [name, ...frontends.map((one) => one.name), ...pools.map((one) => one.name)]) {
    if (!label.test(each))
      throw invalid(each, `'${each}' is no name for a part of a balancer: write a DNS label.`);
  }
  refuseTwice(
    name,
    'frontend',
    frontends.map((each) => each.name),
  );
  refuseTwice(
    name,
    'port',
    frontends.map(({ port }) => String(port)),
  );
  refuseTwice(
    name,
    'pool',
    pools.map((each) => each.name),
  );
  for (const each of pools) checkPool(each, capabilities);
  for (const each of frontends) checkFrontend(each, spec, capabilities);
}

function refuseTwice(balancer: string, what: string, values: readonly string[]): void {
  const twice = values.find((value, index) => values.indexOf(value) !== index);
  if (twice !== undefined)
    throw invalid(balancer, `The balancer ${balancer} has the ${what} ${twice} twice.`);
}

function checkPool(pool: PoolSpec, capabilities: BalancerCapabilities): void {
  const { name, algorithm, slowStartMs, failsOpen } = pool;
  checkCheck(name, pool.check, capabilities.check);
  if (!capabilities.algorithms.includes(algorithm)) throw lacking(name, `balances by ${algorithm}`);
  if (slowStartMs > 0) throw lacking(name, 'starts members slowly');
  if (failsOpen) throw lacking(name, 'sends to members that are all down');
  if (pool.protocol !== 'https') return;
  if (!capabilities.protocols.includes('https'))
    throw lacking(name, 'verifies members without a key manager');
  if (pool.authorityPem !== undefined) return;
  throw unsupported(
    name,
    `Octavia verifies members of ${name} only against an authority that is given: give authorityPem.`,
  );
}

function checkCheck(pool: string, check: CheckSpec, bounds: BalancerCapabilities['check']): void {
  const { intervalMs, timeoutMs, fall, rise } = check;
  if (!(timeoutMs > 0 && timeoutMs <= intervalMs)) {
    throw invalid(
      pool,
      `The check of ${pool} may take ${timeoutMs} ms: at most its interval of ${intervalMs} ms.`,
    );
  }
  checkRequest(pool, check);
  for (const [what, count] of Object.entries({ fall, rise })) {
    if (!Number.isInteger(count) || count < 1)
      throw invalid(pool, `The check of ${pool} has ${what} ${count}: at least 1.`);
  }
  const { leastIntervalMs, mostFall, mostRise } = bounds;
  if (intervalMs < leastIntervalMs) throw lacking(pool, `checks more often than every ${leastIntervalMs} ms`);
  if (fall > mostFall) throw lacking(pool, `waits for more than ${mostFall} failures`);
  if (rise > mostRise) throw lacking(pool, `waits for more than ${mostRise} passes`);
}

function checkRequest(pool: string, { path, host, status, port }: CheckSpec): void {
  if (!urlPath.test(path)) throw invalid(pool, `'${path}' is no path that ${pool} can be checked by.`);
  if (host !== undefined && !hostName.test(host))
    throw invalid(pool, `'${host}' is no host name for ${pool}.`);
  if (port !== undefined && !isPort(port))
    throw invalid(pool, `${port} is no port for the check of ${pool}.`);
  if (Number.isInteger(status) && status >= 100 && status <= 599) return;
  throw invalid(pool, `${status} is no status of HTTP that ${pool} could be checked for.`);
}

function checkFrontend(
  frontend: FrontendSpec,
  { pools }: BalancerSpec,
  capabilities: BalancerCapabilities,
): void {
  const { name, port, protocol, routes, defaultPool, certificate } = frontend;
  if (!isPort(port)) throw invalid(name, `${port} is no port for the frontend ${name}.`);
  for (const wanted of [...routes.map((route) => route.pool), defaultPool]) {
    if (wanted === undefined) continue;
    const target = pools.find((one) => one.name === wanted);
    checkTarget(frontend, target, wanted);
  }
  if (protocol === 'tcp') checkTcp(frontend);
  for (const route of routes) checkRoute(name, route);
  if (!capabilities.protocols.includes(protocol)) throw lacking(name, 'ends TLS without a key manager');
  if (protocol !== 'https' || certificate !== undefined) return;
  throw invalid(name, `The frontend ${name} speaks HTTPS: it needs a certificate.`);
}

function checkTcp({ name, defaultPool, routes }: FrontendSpec): void {
  if (defaultPool !== undefined && routes.length === 0) return;
  throw invalid(name, `The frontend ${name} speaks TCP: it needs a default pool and has no routes.`);
}

function checkTarget({ name, protocol }: FrontendSpec, pool: PoolSpec | undefined, wanted: string): void {
  if (pool === undefined)
    throw invalid(name, `The frontend ${name} sends to ${wanted}, which is none of the pools.`);
  if (protocol === 'tcp' || pool.protocol !== 'tcp') return;
  throw invalid(name, `The frontend ${name} speaks HTTP and its pool ${wanted} TCP: both must speak HTTP.`);
}

function checkRoute(frontend: string, { host, pathPrefix }: FrontendSpec['routes'][number]): void {
  if (host !== undefined && !hostName.test(host))
    throw invalid(frontend, `'${host}' is no host name to route by.`);
  if (pathPrefix === undefined || (urlPath.test(pathPrefix) && !pathPrefix.includes('?'))) return;
  throw invalid(frontend, `'${pathPrefix}' is no path to route by.`);
}

export function isPort(port: number): boolean {
  return Number.isInteger(port) && port >= 1 && port <= 65_535;
}

function lacking(subject: string, what: string) {
  return unsupported(subject, `Octavia does not do what is asked for ${subject}: it never ${what}.`);
}
