import { meaningOf } from '@trencadis/aws-client';
import { expect, it } from 'vitest';
import { amazonEc2 } from './errors.ts';

it.each([
  ['InsufficientInstanceCapacity', 'quota-exceeded'],
  ['VcpuLimitExceeded', 'quota-exceeded'],
  ['VolumeLimitExceeded', 'quota-exceeded'],
  ['MaxSpotInstanceCountExceeded', 'quota-exceeded'],
  ['SpotMaxPriceTooLow', 'quota-exceeded'],
  ['Unavailable', 'unavailable'],
  ['ServiceUnavailable', 'unavailable'],
  ['InvalidAMIID.Unavailable.Permission', 'forbidden'],
  ['InvalidAMIID.Unavailable', 'not-found'],
  ['InvalidAMIID.NotFound', 'not-found'],
  ['InvalidInstanceID.NotFound', 'not-found'],
  ['InvalidInstanceType', 'not-found'],
  ['InvalidZone.NotFound', 'not-found'],
  ['InvalidAMIID.Malformed', 'invalid-argument'],
  ['IncorrectState', 'conflict'],
  ['IncorrectInstanceState', 'conflict'],
  ['InvalidInstanceID', 'conflict'],
  ['VolumeInUse', 'conflict'],
  ['VolumeModificationRateExceeded', 'conflict'],
  ['InvalidAMIName.Duplicate', 'conflict'],
  ['Unsupported', 'unsupported'],
  ['UnsupportedOperation', 'unsupported'],
  ['InvalidAction', 'unsupported'],
  ['DuplicateSubnetsInSameZone', 'invalid-argument'],
  ['InvalidParameterCombination', 'invalid-argument'],
])('%s is %s', (awsCode, code) => {
  expect(meaningOf(awsCode, amazonEc2)?.code).toBe(code);
});
