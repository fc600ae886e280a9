import type { PoolSpec } from '@trencadis/availability';
import { unsupported } from '@trencadis/aws-client';
import type { Asking } from './health-check.ts';

export interface Attribute {
  readonly Key: string;
  readonly Value: string;
}

const mostDrainSeconds = 3_600;
const slowStart = { leastSeconds: 30, mostSeconds: 900 };

/**
 * What a target group keeps as attributes. A balancer of TCP spreads connections by a hash of both ends, which is
 * neither in turn nor by load: `roundrobin` is as near as it comes; `source` is its stickiness by address.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetGroupAttribute.html
 */
export function poolAttributes(pool: PoolSpec, asking: Asking): readonly Attribute[] {
  const seconds = Math.ceil(pool.drainMs / 1000);
  if (seconds > mostDrainSeconds)
    throw unsupported(
      `${asking.place} drains for ${seconds} s: Amazon's balancers wait ${mostDrainSeconds} s at most.`,
      asking.subject,
    );
  const drain = { Key: 'deregistration_delay.timeout_seconds', Value: String(seconds) };
  return [drain, ...(asking.kind === 'application' ? ofHttp(pool, asking) : ofTcp(pool, asking))];
}

function ofHttp(pool: PoolSpec, asking: Asking): readonly Attribute[] {
  if (pool.algorithm === 'source')
    throw unsupported(
      `${asking.place} chooses by the client's address: Amazon's balancers of HTTP do so by cookie only. Make it sticky.`,
      asking.subject,
    );
  const algorithm = pool.algorithm === 'leastconn' ? 'least_outstanding_requests' : 'round_robin';
  return [
    { Key: 'load_balancing.algorithm.type', Value: algorithm },
    { Key: 'slow_start.duration_seconds', Value: String(slowStartOf(pool, asking)) },
    { Key: 'stickiness.enabled', Value: String(pool.isSticky) },
    { Key: 'stickiness.type', Value: 'lb_cookie' },
  ];
}

function slowStartOf({ slowStartMs, algorithm }: PoolSpec, { place, subject }: Asking): number {
  if (slowStartMs === 0) return 0;
  if (algorithm === 'leastconn')
    throw unsupported(`${place} starts slowly: Amazon's balancers do so with roundrobin only.`, subject);
  const seconds = Math.max(slowStart.leastSeconds, Math.ceil(slowStartMs / 1000));
  if (seconds <= slowStart.mostSeconds) return seconds;
  throw unsupported(
    `${place} starts slowly over ${seconds} s: Amazon's balancers take ${slowStart.mostSeconds} s at most.`,
    subject,
  );
}

function ofTcp(pool: PoolSpec, { place, subject }: Asking): readonly Attribute[] {
  if (pool.algorithm === 'leastconn')
    throw unsupported(`${place} chooses by connections: Amazon's balancers of TCP do not.`, subject);
  if (pool.slowStartMs > 0)
    throw unsupported(`${place} starts slowly: Amazon's balancers of TCP do not.`, subject);
  return [
    { Key: 'stickiness.enabled', Value: String(pool.isSticky || pool.algorithm === 'source') },
    { Key: 'stickiness.type', Value: 'source_ip' },
  ];
}
