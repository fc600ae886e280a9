import type { AwsService } from '@trencadis/aws-client';

export const amazonEc2: AwsService = {
  name: 'Amazon EC2',
  meanings: [
    [
      /^InvalidAMIID\.Unavailable\.Permission$/,
      { code: 'forbidden', remedy: 'The thing is protected against it, or belongs to another account.' },
    ],
    [
      /^(SpotMaxPriceTooLow|Server\.SpotInstanceTermination|Server\.SpotInstanceShutdown|MaxSpotInstanceCountExceeded)$/,
      { code: 'quota-exceeded', remedy: 'Wait, pay more for spare capacity, or ask for no spot VM.' },
    ],
    [
      /\.Unavailable$|^InvalidZone|^InvalidInstanceType$/,
      { code: 'not-found', remedy: 'Check the name and the region.' },
    ],
    [
      /^(IncorrectState|IncorrectInstanceState|IncorrectModificationState|InvalidInstanceID|OperationInProgress|VolumeModificationRate.*)$/,
      { code: 'conflict', remedy: 'Look at what changed there, and plan again.' },
    ],
    [
      /^(Unsupported|VPCIdNotSpecified$|InvalidAction$)/,
      { code: 'unsupported', remedy: 'Choose another instance type, zone or image.' },
    ],
    [
      /^DuplicateSubnetsInSameZone/,
      { code: 'invalid-argument', remedy: 'Correct the request; the message names the place.' },
    ],
  ],
};
