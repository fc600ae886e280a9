import { PlatformError } from '@trencadis/errors';

export function invalid(message: string, subject: string): PlatformError {
  return new PlatformError('invalid-argument', message, { subject });
}

export function unsupported(what: string, subject: string): PlatformError {
  return new PlatformError('unsupported', `This simulated balancer cannot ${what}.`, { subject });
}

export function notFound(what: string, subject: string): PlatformError {
  return new PlatformError('not-found', `There is no ${what} ${subject} at the simulated balancer.`, {
    subject,
  });
}

export function heldByOther(name: string): PlatformError {
  return new PlatformError('conflict', `The balancer ${name} exists under another tag.`, { subject: name });
}
