import { PlatformError } from '@trencadis/errors';
import type { AwsService } from './meanings.ts';

export function notFound(what: string, name: string): PlatformError {
  return new PlatformError('not-found', `There is no ${what} ${name} in this account and region.`, {
    subject: name,
  });
}

export function heldByOther(what: string, name: string, tag: string | undefined): PlatformError {
  const holder = tag === undefined ? 'was not made by this platform' : `belongs to ${tag}`;
  return conflict(`The ${what} ${name} exists and ${holder}: choose another name.`, name);
}

export function conflict(message: string, subject: string): PlatformError {
  return new PlatformError('conflict', message, { subject });
}

export function invalid(message: string, subject: string): PlatformError {
  return new PlatformError('invalid-argument', message, { subject });
}

export function unsupported(message: string, subject: string): PlatformError {
  return new PlatformError('unsupported', message, { subject });
}

/** For what Amazon has promised and not done within the deadline. */
export function tooSlow({ name }: AwsService, what: string, subject: string): PlatformError {
  return new PlatformError('unavailable', `${name} has not finished in time: ${what}. Wait.`, { subject });
}
