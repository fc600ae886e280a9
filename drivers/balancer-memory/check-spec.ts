import { isIP } from 'node:net';
import type {
  BalancerCapabilities,
  BalancerSpec,
  CheckSpec,
  FrontendSpec,
  MemberSpec,
  PoolSpec,
} from '@trencadis/availability';
import { parseId } from '@trencadis/ids';
import { invalid, unsupported } from './errors.ts';

/** What contradicts itself: `invalid-argument`; what it lacks: `unsupported`. */
export function checkSpec(spec: BalancerSpec, capabilities: BalancerCapabilities): void {
  const { name, frontends, pools } = spec;
  checkLabel('balancer', name);
  checkApart('frontend', frontends, ({ name: each }) => each);
  checkApart('port', frontends, ({ port }) => String(port));
  checkApart('pool', pools, ({ name: each }) => each);
  for (const pool of pools) checkPool(pool, capabilities);
  for (const frontend of frontends) checkFrontend(frontend, pools, capabilities);
}

export function checkMember(
  { pool, name, address, port, weight }: MemberSpec,
  { weights }: BalancerCapabilities,
): void {
  checkLabel('pool', pool);
  checkPort(port, name);
  if (isIP(address) === 0) throw invalid(`The address of member ${name} is no IP address.`, name);
  if (!Number.isInteger(weight) || weight < 0 || weight > 256)
    throw invalid(`The weight of member ${name} must be from 0 to 256.`, name);
  if (!weights && weight !== 100) throw unsupported('weigh members', name);
}

function checkLabel(what: string, name: string): void {
  if (parseId('VmName', name) === undefined)
    throw invalid(`'${name}' cannot be the name of a ${what}.`, name);
}

function checkPort(port: number, name: string): void {
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw invalid(`${name} has no port ${port}.`, name);
}

function checkApart<Item>(what: string, items: readonly Item[], keyOf: (item: Item) => string): void {
  const keys = items.map(keyOf);
  const twice = keys.find((key, index) => keys.indexOf(key) !== index);
  if (twice !== undefined) throw invalid(`There is the ${what} ${twice} twice.`, twice);
}

function checkFrontend(
  frontend: FrontendSpec,
  pools: readonly PoolSpec[],
  { protocols, routes: canRoute }: BalancerCapabilities,
): void {
  const { name, port, protocol, certificate, routes } = frontend;
  checkLabel('frontend', name);
  checkPort(port, name);
  if (!protocols.includes(protocol)) throw unsupported(`speak ${protocol}`, name);
  if (routes.length > 0 && !canRoute) throw unsupported('tell requests apart by host or path', name);
  if (protocol === 'https' && certificate === undefined)
    throw invalid(`Frontend ${name} speaks https: it needs a certificate.`, name);
  checkTargets(frontend, pools);
}

function checkTargets(
  { name, protocol, routes, defaultPool }: FrontendSpec,
  pools: readonly PoolSpec[],
): void {
  if (protocol === 'tcp' && (routes.length > 0 || defaultPool === undefined))
    throw invalid(`Frontend ${name} speaks tcp: it needs a pool and cannot have routes.`, name);
  const used = [...routes.map(({ pool }) => pool), ...(defaultPool === undefined ? [] : [defaultPool])];
  const lost = used.find((each) => !pools.some((pool) => pool.name === each));
  if (lost !== undefined)
    throw invalid(`Frontend ${name} sends to pool '${lost}', which is not there.`, name);
}

function checkPool(pool: PoolSpec, capabilities: BalancerCapabilities): void {
  const { name, protocol, authorityPem, check } = pool;
  checkLabel('pool', name);
  checkCheck(check, name, capabilities);
  if (protocol === 'https' && authorityPem === undefined)
    throw invalid(`The members of pool ${name} speak https: give the authority that verifies them.`, name);
  const lacking = lackingFor(pool, capabilities);
  if (lacking !== undefined) throw unsupported(lacking, name);
}

function lackingFor(pool: PoolSpec, capabilities: BalancerCapabilities): string | undefined {
  const { algorithm, slowStartMs, failsOpen, group } = pool;
  const { algorithms, slowStart, failClosed, failOpen = true, groups = false } = capabilities;
  const lacks = [
    [!algorithms.includes(algorithm), `balance by ${algorithm}`],
    [slowStartMs > 0 && !slowStart, 'start members slowly'],
    [failsOpen && !failOpen, 'fail open'],
    [!failsOpen && !failClosed, 'fail closed'],
    [group !== undefined && !groups, "have a VM manager's own scaling group"],
  ] as const;
  return lacks.find(([isLacking]) => isLacking)?.[1];
}

const pathPattern = /^\/[A-Za-z0-9\-._~!$&()*+,;=:@%/?]*$/;

function checkCheck(check: CheckSpec, name: string, capabilities: BalancerCapabilities): void {
  const { path, port, intervalMs, timeoutMs, fall, rise } = check;
  if (port !== undefined) checkPort(port, name);
  if (!pathPattern.test(path)) throw invalid(`The check of pool ${name} asks for '${path}': no path.`, name);
  if ([intervalMs, timeoutMs, fall, rise].some((number) => number < 1))
    throw invalid(`The check of pool ${name} has times or counts below 1.`, name);
  if (timeoutMs > intervalMs)
    throw invalid(`The check of pool ${name} waits for longer than until the next one.`, name);
  const { leastIntervalMs, mostFall, mostRise } = capabilities.check;
  if (intervalMs < leastIntervalMs || fall > mostFall || rise > mostRise)
    throw unsupported('keep such a check', name);
}
