import { X509Certificate, createPrivateKey } from 'node:crypto';
import { isIP } from 'node:net';
import type {
  BalancerCapabilities,
  BalancerSpec,
  Certificate,
  CheckSpec,
  FrontendSpec,
  MemberSpec,
  PoolSpec,
} from '@trencadis/availability';
import { PlatformError } from '@trencadis/errors';
import { parseId } from '@trencadis/ids';
import { invalid } from './errors.ts';

export const capabilities: BalancerCapabilities = {
  product: 'HAProxy',
  protocols: ['tcp', 'http', 'https'],
  algorithms: ['roundrobin', 'leastconn', 'source'],
  routes: true,
  weights: true,
  slowStart: true,
  failClosed: true,
  failOpen: true,
  memberMetrics: true,
  check: { leastIntervalMs: 100, mostFall: 100, mostRise: 100 },
};

/** Everything that is written into HAProxy's configuration is looked at here, so that it means nothing else there. */
export function checkSpec(spec: BalancerSpec): void {
  checkLabel('balancer', spec.name);
  checkApart(
    'frontend',
    spec.frontends.map(({ name }) => name),
    spec.name,
  );
  checkApart(
    'pool',
    spec.pools.map(({ name }) => name),
    spec.name,
  );
  checkApart(
    'port',
    spec.frontends.map(({ port }) => String(port)),
    spec.name,
  );
  for (const pool of spec.pools) checkPool(pool);
  for (const frontend of spec.frontends) checkFrontend(frontend, spec.pools);
  if (spec.virtualAddress !== undefined && isIP(spec.virtualAddress) !== 4) {
    throw invalid(`'${spec.virtualAddress}' cannot be a virtual address: give an IPv4 address.`, spec.name);
  }
}

export function checkMember({ pool, name, address, port, weight }: MemberSpec): void {
  checkLabel('pool', pool);
  checkLabel('member', name);
  if (isIP(address) === 0) throw invalid(`The address of member ${name} is no IP address.`, name);
  checkPort(port, name);
  if (!Number.isInteger(weight) || weight < 0 || weight > 256) {
    throw invalid(`The weight of member ${name} must be from 0 to 256.`, name);
  }
}

function checkLabel(what: string, name: string): void {
  if (parseId('VmName', name) === undefined) {
    throw invalid(`'${name}' cannot be the name of a ${what}: use lower-case letters, digits and '-'.`, name);
  }
}

function checkApart(what: string, names: readonly string[], balancer: string): void {
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw invalid(`Balancer ${balancer} has the ${what} ${twice} twice.`, balancer);
}

function checkPort(port: number, name: string): void {
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw invalid(`${name} has no port ${port}.`, name);
}

const hostPattern = /^[a-z0-9._-]{1,253}(:\d{1,5})?$/i;
/** What a path of a URI may hold (RFC 3986), without the quote that would end it. */
const pathPattern = /^\/[A-Za-z0-9\-._~!$&()*+,;=:@%/?]*$/;

function checkFrontend(frontend: FrontendSpec, pools: readonly PoolSpec[]): void {
  const { name, port, protocol, routes, defaultPool } = frontend;
  checkLabel('frontend', name);
  checkPort(port, name);
  if (protocol === 'tcp' && (routes.length > 0 || defaultPool === undefined)) {
    throw invalid(`Frontend ${name} speaks tcp: it needs a defaultPool and cannot have routes.`, name);
  }
  const used = [...routes.map(({ pool }) => pool), ...(defaultPool === undefined ? [] : [defaultPool])];
  for (const pool of used) checkUse(frontend, pool, pools);
  for (const route of routes) checkRoute(route, name);
  if (protocol !== 'https') return;
  if (frontend.certificate === undefined)
    throw invalid(`Frontend ${name} speaks https: it needs a certificate.`, name);
  checkCertificate(frontend.certificate, name);
}

function checkUse({ name, protocol }: FrontendSpec, poolName: string, pools: readonly PoolSpec[]): void {
  const pool = pools.find((one) => one.name === poolName);
  if (pool === undefined)
    throw invalid(`Frontend ${name} sends to pool '${poolName}', which is not there.`, name);
  if ((protocol === 'tcp') !== (pool.protocol === 'tcp')) {
    throw invalid(`Frontend ${name} speaks ${protocol}, and its pool ${poolName} ${pool.protocol}.`, name);
  }
}

function checkRoute({ host, pathPrefix }: FrontendSpec['routes'][number], name: string): void {
  if (host !== undefined && !hostPattern.test(host))
    throw invalid(`Frontend ${name}: '${host}' is no host name.`, name);
  if (pathPrefix !== undefined && !pathPattern.test(pathPrefix)) {
    throw invalid(`Frontend ${name}: '${pathPrefix}' is no path.`, name);
  }
}

function checkCertificate({ certificatePem, privateKeyPem }: Certificate, name: string): void {
  try {
    if (new X509Certificate(certificatePem).checkPrivateKey(createPrivateKey(privateKeyPem))) return;
  } catch {
    // What OpenSSL says of it may repeat it.
    throw invalid(`The certificate of frontend ${name} or its private key is no PEM.`, name);
  }
  throw invalid(`The private key of frontend ${name} is not its certificate's.`, name);
}

function checkPool({ name, protocol, authorityPem, check, drainMs, slowStartMs, answerMs }: PoolSpec): void {
  checkLabel('pool', name);
  checkTime(drainMs, name);
  checkTime(slowStartMs, name);
  if (answerMs !== undefined) checkTime(answerMs, name);
  if (protocol === 'https' && authorityPem === undefined) {
    throw invalid(
      `The members of pool ${name} speak https: give the authority that they are verified with.`,
      name,
    );
  }
  if (authorityPem !== undefined) checkAuthority(authorityPem, name);
  checkCheck(check, name);
}

function checkTime(ms: number, name: string): void {
  if (!Number.isInteger(ms) || ms < 0 || ms > 86_400_000)
    throw invalid(`Pool ${name}: ${ms} ms is no such time.`, name);
}

function checkAuthority(pem: string, name: string): void {
  try {
    void new X509Certificate(pem);
  } catch (cause) {
    throw new PlatformError('invalid-argument', `The authority of pool ${name} is no certificate in PEM.`, {
      subject: name,
      cause,
    });
  }
}

function checkCheck(check: CheckSpec, name: string): void {
  const { port, path, host, status } = check;
  if (port !== undefined) checkPort(port, name);
  if (!pathPattern.test(path)) {
    throw invalid(`The check of pool ${name} asks for '${path}', which is no path.`, name);
  }
  if (host !== undefined && !hostPattern.test(host)) {
    throw invalid(`The check of pool ${name}: '${host}' is no host name.`, name);
  }
  if (!Number.isInteger(status) || status < 100 || status > 599) {
    throw invalid(`The check of pool ${name} expects ${status}, which is no HTTP status.`, name);
  }
  checkTimes(check, name);
}

function checkTimes({ intervalMs, timeoutMs, fall, rise }: CheckSpec, name: string): void {
  if ([intervalMs, timeoutMs, fall, rise].some((number) => !Number.isInteger(number) || number < 1)) {
    throw invalid(`The check of pool ${name} has times or counts below 1.`, name);
  }
  if (timeoutMs > intervalMs) {
    throw invalid(`The check of pool ${name} waits for longer than until the next one.`, name);
  }
  const { leastIntervalMs, mostFall, mostRise } = capabilities.check;
  if (intervalMs >= leastIntervalMs && fall <= mostFall && rise <= mostRise) return;
  throw new PlatformError(
    'unsupported',
    `Pool ${name}: checks can be ${leastIntervalMs} ms apart at least, and ${mostFall} in a row at most.`,
    { subject: name },
  );
}
