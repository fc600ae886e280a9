import { isIPv6 } from 'node:net';
import type { MemberSpec, PoolSpec } from '@trencadis/availability';
import { authorityPath } from './paths.ts';

type Reached = Pick<MemberSpec, 'port' | 'weight'>;

/** While its state changes, a member is looked at this often (spec, 3.3). */
const mostFastMs = 200;

export function endpointOf({ address, port }: Pick<MemberSpec, 'address' | 'port'>): string {
  return isIPv6(address) ? `[${address}]:${port}` : `${address}:${port}`;
}

/**
 * How HAProxy reaches a pool's member and looks at it: the same words in its configuration and at its socket, which
 * takes no defaults from the configuration.
 */
export function serverOptions(balancer: string, pool: PoolSpec, member: Reached): string {
  return [reachOptions(balancer, pool, member), checkOptions(pool, member)].join(' ');
}

/** Without checks: for when no member is up. */
export function openServerOptions(balancer: string, pool: PoolSpec, member: Reached): string {
  return reachOptions(balancer, pool, member);
}

function reachOptions(balancer: string, { name, protocol }: PoolSpec, { weight }: Reached): string {
  return [`weight ${weight}`, ...(protocol === 'https' ? [tlsOptions(balancer, name)] : [])].join(' ');
}

export function tlsOptions(balancer: string, pool: string): string {
  return `ssl verify required ca-file ${authorityPath(balancer, pool)}`;
}

function checkOptions({ protocol, slowStartMs, check }: PoolSpec, member: Reached): string {
  const { intervalMs, fall, rise } = check;
  const fastMs = Math.min(mostFastMs, intervalMs / 2);
  const layer = protocol === 'tcp' ? 'layer4' : 'layer7';
  return [
    // With a port of its own a check speaks TLS only where told so, whatever the member speaks.
    `check port ${check.port ?? member.port}`,
    ...(check.protocol === 'https' ? [protocol === 'https' ? 'check-ssl' : 'check-ssl verify none'] : []),
    // So that with two failed checks a member that hangs is out after the interval and two timeouts at the latest.
    `inter ${intervalMs - fastMs}ms fastinter ${fastMs}ms fall ${fall} rise ${rise}`,
    `observe ${layer} error-limit 3 on-error mark-down`,
    ...(slowStartMs > 0 ? [`slowstart ${slowStartMs}ms`] : []),
  ].join(' ');
}
