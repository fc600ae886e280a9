import { PlatformError } from '@trencadis/errors';
import type { BalancerHost } from '@trencadis/availability';

export function invalid(message: string, subject: string): PlatformError {
  return new PlatformError('invalid-argument', message, { subject });
}

export function notFound(what: string, name: string): PlatformError {
  return new PlatformError('not-found', `There is no ${what} ${name} at this balancer.`, { subject: name });
}

export function heldByOther(name: string, tag: string): PlatformError {
  return new PlatformError(
    'conflict',
    `The balancer ${name} exists and belongs to ${tag}. Choose another name.`,
    {
      subject: name,
    },
  );
}

export function portTaken(port: number, name: string, other: string): PlatformError {
  return new PlatformError('conflict', `Balancer ${name} cannot listen at port ${port}: ${other} does.`, {
    subject: name,
  });
}

export function noHostAnswers(reasons: readonly unknown[]): PlatformError {
  const [cause] = reasons;
  const why = cause instanceof Error ? ` ${cause.message}` : '';
  return new PlatformError('unavailable', `No host of the balancer answers.${why}`, { cause });
}

export function neverSettled(subject: string): PlatformError {
  return new PlatformError('unavailable', `Others kept changing the balancer at ${subject}. Try again.`, {
    subject,
  });
}

/** Exit codes of the script that runs on a host, and what they mean. */
export const exitCodes = { busy: 75, lacking: 69, invalid: 65, notRunning: 70 } as const;

/** What the script on a host failed with; `said` may hold no secret. */
export function hostFailed({ name }: BalancerHost, exitCode: number, said: string): PlatformError {
  const details = { exitCode, said: said.slice(-2000) };
  const options = { subject: name, details };
  const last = said.trim().split('\n').at(-1) ?? '';
  switch (exitCode) {
    case exitCodes.lacking:
      return new PlatformError(
        'unsupported',
        `The image of VM ${name} lacks ${last}, which a balancer needs: boot it from one that has them, such as images/load-balancer.`,
        options,
      );
    case exitCodes.busy:
      return new PlatformError(
        'unavailable',
        `The balancer at VM ${name} is being changed by another process.`,
        options,
      );
    case exitCodes.invalid:
      return new PlatformError(
        'internal',
        `HAProxy at VM ${name} refuses its configuration: ${last}`,
        options,
      );
    case exitCodes.notRunning:
      return startFailed(name, said, options);
    default:
      return new PlatformError(
        'unavailable',
        `VM ${name} could not do what its balancer needs: ${last}`,
        options,
      );
  }
}

function startFailed(
  name: string,
  said: string,
  options: { subject: string; details: object },
): PlatformError {
  const [, taken] = /cannot bind socket \(Address already in use\)[^[]*\[([^\]]+)\]/.exec(said) ?? [];
  const given = { ...options, details: { ...options.details } };
  return taken === undefined
    ? new PlatformError(
        'unavailable',
        `HAProxy at VM ${name} does not come up: see journalctl -u haproxy there.`,
        given,
      )
    : new PlatformError('conflict', `At VM ${name}, something else listens at ${taken} already.`, given);
}
