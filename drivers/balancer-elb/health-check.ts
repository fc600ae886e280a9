import type { ProtocolEnum } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { CheckSpec, PoolSpec } from '@trencadis/availability';
import { invalid, unsupported } from '@trencadis/aws-client';
import type { Kind } from './check-spec.ts';

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html */
export const checkBounds = {
  intervalSeconds: { least: 5, most: 300 },
  timeoutSeconds: { least: 2, most: 120 },
  threshold: { least: 2, most: 10 },
} as const;

export interface Asking {
  readonly kind: Kind;
  /** For messages: `The pool x of the balancer y`. */
  readonly place: string;
  readonly subject: string;
}

export interface HealthCheck {
  readonly HealthCheckProtocol: ProtocolEnum;
  readonly HealthCheckPort: string;
  readonly HealthCheckPath?: string;
  readonly HealthCheckIntervalSeconds: number;
  readonly HealthCheckTimeoutSeconds: number;
  readonly HealthyThresholdCount: number;
  readonly UnhealthyThresholdCount: number;
  readonly Matcher?: { readonly HttpCode: string };
}

/** Of a check by tcp at members that speak HTTP: all that Amazon lets a check take, so whatever is no failure of the server. */
const anyAnswer = '200-499';

/**
 * The pool's check as a target group has it. A timeout, rise or fall below Amazon's least becomes the least; an interval
 * below it and all that is above the most are `unsupported`.
 */
export function healthCheckOf({ check }: PoolSpec, asking: Asking): HealthCheck {
  refuseMistakes(check, asking);
  refuseBeyond(check, asking);
  const { timeoutSeconds, threshold } = checkBounds;
  const timeout = Math.max(timeoutSeconds.least, Math.ceil(check.timeoutMs / 1000));
  return {
    ...howOf(check, asking.kind),
    HealthCheckPort: check.port === undefined ? 'traffic-port' : String(check.port),
    // Over HTTP the timeout has to be the shorter one.
    HealthCheckIntervalSeconds: Math.max(Math.ceil(check.intervalMs / 1000), timeout + 1),
    HealthCheckTimeoutSeconds: timeout,
    HealthyThresholdCount: Math.max(threshold.least, check.rise),
    UnhealthyThresholdCount: Math.max(threshold.least, check.fall),
  };
}

/** Amazon's balancers of HTTP open no connection just to see whether it opens. */
function howOf(
  { protocol, path, status }: CheckSpec,
  kind: Kind,
): Pick<HealthCheck, 'HealthCheckProtocol' | 'HealthCheckPath' | 'Matcher'> {
  if (protocol !== 'tcp') {
    return {
      HealthCheckProtocol: protocol === 'http' ? 'HTTP' : 'HTTPS',
      HealthCheckPath: path,
      Matcher: { HttpCode: String(status) },
    };
  }
  return kind === 'network'
    ? { HealthCheckProtocol: 'TCP' }
    : { HealthCheckProtocol: 'HTTP', HealthCheckPath: '/', Matcher: { HttpCode: anyAnswer } };
}

const isPath = /^\/[\w\-.$/~'@:+&?=%,;!*()]{0,1023}$/;

function refuseMistakes(
  { protocol, path, timeoutMs, intervalMs }: CheckSpec,
  { place, subject }: Asking,
): void {
  if (!(timeoutMs > 0 && timeoutMs < intervalMs))
    throw invalid(
      `${place} waits ${timeoutMs} ms for a check each ${intervalMs} ms: wait for less.`,
      subject,
    );
  if (protocol !== 'tcp' && !isPath.test(path))
    throw invalid(`${place} checks a path that is none: write one that begins with /, encoded.`, subject);
}

function refuseBeyond(check: CheckSpec, { place, subject }: Asking): void {
  const { intervalSeconds, timeoutSeconds, threshold } = checkBounds;
  const { intervalMs, timeoutMs, fall, rise } = check;
  const { least } = intervalSeconds;
  if (intervalMs < least * 1000)
    throw unsupported(
      `${place} checks each ${intervalMs} ms: Amazon does so each ${least} s at best.`,
      subject,
    );
  const asked = [
    { what: 'an interval in seconds', value: intervalMs / 1000, most: intervalSeconds.most },
    { what: 'a timeout in seconds', value: timeoutMs / 1000, most: timeoutSeconds.most },
    { what: 'a fall', value: fall, most: threshold.most },
    { what: 'a rise', value: rise, most: threshold.most },
  ];
  const beyond = asked.find(({ value, most }) => value > most);
  if (beyond !== undefined)
    throw unsupported(
      `${place} has ${beyond.what} of ${beyond.value}: Amazon's checks take ${beyond.most} at most.`,
      subject,
    );
  if (check.protocol === 'tcp') return;
  if (check.method !== 'GET')
    throw unsupported(`${place} checks with ${check.method}: Amazon's checks are GET.`, subject);
  if (check.host !== undefined)
    throw unsupported(
      `${place} checks with a host name: Amazon's checks name the member's address. Leave it out.`,
      subject,
    );
}
