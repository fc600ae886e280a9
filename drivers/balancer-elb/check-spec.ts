import { isIPv4 } from 'node:net';
import type { BalancerSpec, FrontendSpec, MemberSpec, PoolSpec } from '@trencadis/availability';
import { invalid, unsupported } from '@trencadis/aws-client';
import { parseId } from '@trencadis/ids';
import { healthCheckOf } from './health-check.ts';
import { poolAttributes } from './pool-attributes.ts';

/** `application`: Amazon's balancer of HTTP. `network`: that of TCP. One balancer is one of them. */
export type Kind = 'application' | 'network';

/** Everything that would be refused on the way is refused before anything is made. */
export function checkSpec(spec: BalancerSpec): Kind {
  const { name, frontends, pools } = spec;
  for (const each of [name, ...frontends, ...pools])
    checkName(name, typeof each === 'string' ? each : each.name);
  refuseTwice(
    name,
    'names of frontends',
    frontends.map((each) => each.name),
  );
  refuseTwice(
    name,
    'ports of frontends',
    frontends.map(({ port }) => String(port)),
  );
  refuseTwice(
    name,
    'names of pools',
    pools.map((each) => each.name),
  );
  const known = new Set(pools.map((each) => each.name));
  for (const frontend of frontends) checkFrontend(name, frontend, known);
  const kind = kindOf(spec);
  for (const pool of pools) checkPool(name, pool, kind);
  return kind;
}

/** They become names at Amazon and tags: DNS labels only. */
function checkName(balancer: string, name: string): void {
  if (parseId('Tag', name) !== undefined) return;
  throw invalid(
    `The balancer ${JSON.stringify(balancer)} has the name ${JSON.stringify(name)}: write lower-case letters, digits and hyphens.`,
    balancer,
  );
}

function refuseTwice(balancer: string, what: string, values: readonly string[]): void {
  const twice = values.find((value, index) => values.indexOf(value) !== index);
  if (twice === undefined) return;
  throw invalid(`The balancer ${balancer} has ${twice} twice among its ${what}: once is enough.`, balancer);
}

function kindOf({ name, frontends }: BalancerSpec): Kind {
  if (frontends.length === 0)
    throw invalid(`The balancer ${name} has no frontend: write one port at least.`, name);
  const tcp = frontends.filter(({ protocol }) => protocol === 'tcp').length;
  if (tcp === 0) return 'application';
  if (tcp === frontends.length) return 'network';
  throw unsupported(
    `The balancer ${name} takes both tcp and http: at Amazon they are two products. Write two balancers.`,
    name,
  );
}

const isPort = (port: number) => Number.isInteger(port) && port >= 1 && port <= 65_535;

function checkFrontend(balancer: string, frontend: FrontendSpec, pools: ReadonlySet<string>): void {
  const { name, port, protocol, certificate, routes, defaultPool } = frontend;
  const place = `The frontend ${name} of the balancer ${balancer}`;
  if (!isPort(port)) throw invalid(`${place} has the port ${port}: write 1 to 65535.`, balancer);
  if (protocol === 'https' && certificate === undefined)
    throw invalid(`${place} ends TLS without a certificate: give one.`, balancer);
  if (protocol === 'tcp' && (routes.length > 0 || defaultPool === undefined))
    throw invalid(`${place} is tcp: it takes no routes, and needs a default pool.`, balancer);
  const asked = [...routes.map(({ pool }) => pool), ...(defaultPool === undefined ? [] : [defaultPool])];
  const missing = asked.find((pool) => !pools.has(pool));
  if (missing !== undefined)
    throw invalid(`${place} leads to the pool ${missing}, which is not written.`, balancer);
  for (const route of routes) checkRoute(place, balancer, route);
}

const isHost = /^[A-Za-z0-9*?.-]{1,128}$/;
/** What a path pattern takes literally. https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html */
const isPath = /^\/[\w\-.$/~'@:+&]{0,120}$/;

function checkRoute(place: string, balancer: string, { host, pathPrefix }: FrontendSpec['routes'][number]) {
  if (host === undefined && pathPrefix === undefined)
    throw invalid(`${place} has a route without host and path: make its pool the default one.`, balancer);
  if (host !== undefined && !isHost.test(host))
    throw invalid(`${place} asks for a host that is none: write a name of at most 128 characters.`, balancer);
  if (pathPrefix !== undefined && !isPath.test(pathPrefix))
    throw invalid(
      `${place} asks for a path that Amazon does not take: write letters, digits and _-.$/~'@:+& after a /.`,
      balancer,
    );
}

function checkPool(balancer: string, pool: PoolSpec, kind: Kind): void {
  const place = `The pool ${pool.name} of the balancer ${balancer}`;
  const asking = { kind, place, subject: balancer };
  healthCheckOf(pool, asking);
  poolAttributes(pool, asking);
  if (!pool.failsOpen)
    throw unsupported(
      `${place} fails closed: Amazon's balancers send to all members when none is healthy, and know no other way.`,
      balancer,
    );
  if (pool.authorityPem !== undefined)
    throw unsupported(
      `${place} wants its members' certificates verified: Amazon's balancers encrypt to members and verify nothing.`,
      balancer,
    );
  if (kind === 'application' && pool.protocol === 'tcp')
    throw unsupported(`${place} speaks tcp behind http: write http or https.`, balancer);
  if (pool.group !== undefined && !isPort(pool.group.port))
    throw invalid(`${place} has the port ${pool.group.port} for its group: write 1 to 65535.`, balancer);
}

export function checkMember(balancer: string, { name, weight, pool, address, port }: MemberSpec): void {
  const place = `The member ${name} of the pool ${pool} of the balancer ${balancer}`;
  if (!isIPv4(address))
    throw invalid(`${place} has an address that is none: write an IPv4 address.`, balancer);
  if (!isPort(port)) throw invalid(`${place} has the port ${port}: write 1 to 65535.`, balancer);
  if (!(weight >= 0 && weight <= 256))
    throw invalid(`${place} has the weight ${weight}: write 0 to 256.`, balancer);
  if (weight !== 100)
    throw unsupported(
      `${place} has the weight ${weight}: at Amazon all members weigh the same. Leave it at 100.`,
      balancer,
    );
}
