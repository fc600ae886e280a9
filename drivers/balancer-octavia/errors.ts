import { PlatformError } from '@trencadis/errors';
import type { HttpAnswer, RefusalWords } from '@trencadis/openstack-client';

export function unsupported(subject: string, message: string): PlatformError {
  return new PlatformError('unsupported', message, { subject });
}

export function notFound(what: string, name: string): PlatformError {
  const message = `There is no ${what} ${name} at Octavia in this OpenStack project.`;
  return new PlatformError('not-found', message, { subject: name });
}

/** Octavia gave it up. It tells no reason to users. */
export function givenUp(what: string, name: string): PlatformError {
  const message =
    `Octavia could not carry out what was asked of the ${what} ${name} (provisioning status ERROR): ` +
    'ask again; where that does not help, delete the balancer and make it again, or have an administrator fail it over.';
  return new PlatformError('unavailable', message, { subject: name });
}

export function tooSlow(name: string, status: string): PlatformError {
  const message = `The balancer ${name} is still ${status} at Octavia: ask again later.`;
  return new PlatformError('unavailable', message, { subject: name, details: { status } });
}

const immutable = /immutable|invalid state/i;

/** Something of the balancer changes at the moment, and nothing else may: it passes. */
export function isImmutable({ status, text }: HttpAnswer): boolean {
  return status === 409 && immutable.test(text);
}

/** https://docs.openstack.org/api-ref/load-balancer/v2/ */
export const refusals: RefusalWords = {
  passing: immutable,
  remedies: {
    forbidden: 'Ask an administrator of the project for the role that this needs (load-balancer_member).',
    'quota-exceeded': 'Delete a balancer or ask for a higher quota.',
  },
};
