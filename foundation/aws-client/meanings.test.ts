import { expect, it } from 'vitest';
import { meaningOf } from './meanings.ts';

const plain = { name: 'Amazon', meanings: [] };

it.each([
  ['InsufficientInstanceCapacity', 'quota-exceeded'],
  ['InsufficientFreeAddressesInSubnet', 'quota-exceeded'],
  ['InstanceLimitExceeded', 'quota-exceeded'],
  ['RulesPerSecurityGroupLimitExceeded', 'quota-exceeded'],
  ['TooManyTargetsException', 'quota-exceeded'],
  ['RequestLimitExceeded', 'unavailable'],
  ['TooManyRequestsException', 'unavailable'],
  ['Throttling', 'unavailable'],
  ['InternalError', 'unavailable'],
  ['ServiceUnavailable', 'unavailable'],
  ['UnauthorizedOperation', 'forbidden'],
  ['AccessDeniedException', 'forbidden'],
  ['OperationNotPermitted', 'forbidden'],
  ['OptInRequired', 'forbidden'],
  ['AuthFailure', 'unauthenticated'],
  ['MissingAuthenticationTokenException', 'unauthenticated'],
  ['SignatureDoesNotMatch', 'unauthenticated'],
  ['InvalidSignatureException', 'unauthenticated'],
  ['ExpiredToken', 'unauthenticated'],
  ['RequestExpired', 'unauthenticated'],
  ['RequestTimeTooSkewed', 'unauthenticated'],
  ['InvalidSubnetID.NotFound', 'not-found'],
  ['TargetGroupNotFoundException', 'not-found'],
  ['InvalidSubnetID.Malformed', 'invalid-argument'],
  ['DependencyViolation', 'conflict'],
  ['InvalidIPAddress.InUse', 'conflict'],
  ['ResourceInUseException', 'conflict'],
  ['InvalidSubnet.Conflict', 'conflict'],
  ['InvalidGroup.Duplicate', 'conflict'],
  ['DuplicateLoadBalancerNameException', 'conflict'],
  ['RouteAlreadyExists', 'conflict'],
  ['IdempotentParameterMismatch', 'conflict'],
  ['InvalidParameterValue', 'invalid-argument'],
  ['InvalidConfigurationRequestException', 'invalid-argument'],
  ['MissingParameter', 'invalid-argument'],
  ['ValidationError', 'invalid-argument'],
])('%s is %s', (awsCode, code) => {
  expect(meaningOf(awsCode, plain)?.code).toBe(code);
});

it('knows no more than that', () => {
  expect(meaningOf('SomethingElse', plain)).toBeUndefined();
  expect(meaningOf('Unknown', plain)).toBeUndefined();
});

it('asks what a service says of its own codes first', () => {
  const own = { code: 'unsupported', remedy: 'Choose another.' } as const;
  expect(meaningOf('InvalidZone', { ...plain, meanings: [[/^InvalidZone$/, own]] })).toBe(own);
});
