import { describe, expect, it } from 'vitest';
import { meaningOf } from './errors.ts';

describe("Amazon's codes", () => {
  it.each([
    ['InsufficientInstanceCapacity', 'quota-exceeded'],
    ['InsufficientFreeAddressesInSubnet', 'quota-exceeded'],
    ['InstanceLimitExceeded', 'quota-exceeded'],
    ['VcpuLimitExceeded', 'quota-exceeded'],
    ['VolumeLimitExceeded', 'quota-exceeded'],
    ['AddressLimitExceeded', 'quota-exceeded'],
    ['VpcLimitExceeded', 'quota-exceeded'],
    ['RulesPerSecurityGroupLimitExceeded', 'quota-exceeded'],
    ['MaxSpotInstanceCountExceeded', 'quota-exceeded'],
    ['SpotMaxPriceTooLow', 'quota-exceeded'],
    ['RequestLimitExceeded', 'unavailable'],
    ['Throttling', 'unavailable'],
    ['InternalError', 'unavailable'],
    ['ServiceUnavailable', 'unavailable'],
    ['UnauthorizedOperation', 'forbidden'],
    ['OperationNotPermitted', 'forbidden'],
    ['OptInRequired', 'forbidden'],
    ['AuthFailure', 'unauthenticated'],
    ['SignatureDoesNotMatch', 'unauthenticated'],
    ['ExpiredToken', 'unauthenticated'],
    ['RequestExpired', 'unauthenticated'],
    ['RequestTimeTooSkewed', 'unauthenticated'],
    ['InvalidAMIID.NotFound', 'not-found'],
    ['InvalidAMIID.Malformed', 'invalid-argument'],
    ['InvalidSubnetID.NotFound', 'not-found'],
    ['InvalidInstanceID.NotFound', 'not-found'],
    ['InvalidVolume.NotFound', 'not-found'],
    ['DependencyViolation', 'conflict'],
    ['IncorrectState', 'conflict'],
    ['IncorrectInstanceState', 'conflict'],
    ['VolumeInUse', 'conflict'],
    ['InvalidIPAddress.InUse', 'conflict'],
    ['InvalidSubnet.Conflict', 'conflict'],
    ['InvalidGroup.Duplicate', 'conflict'],
    ['InvalidAMIName.Duplicate', 'conflict'],
    ['IdempotentParameterMismatch', 'conflict'],
    ['Unsupported', 'unsupported'],
    ['UnsupportedOperation', 'unsupported'],
    ['InvalidParameterValue', 'invalid-argument'],
    ['InvalidParameterCombination', 'invalid-argument'],
    ['MissingParameter', 'invalid-argument'],
  ])('%s is %s', (awsCode, code) => {
    expect(meaningOf(awsCode)?.code).toBe(code);
  });

  it('that nobody knows are in no list', () => {
    expect(meaningOf('SomethingElse')).toBeUndefined();
    expect(meaningOf('Unknown')).toBeUndefined();
  });
});
