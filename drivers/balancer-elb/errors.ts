import type { AwsService } from '@trencadis/aws-client';

/** ELBv2, EC2, ACM, Auto Scaling and CloudWatch. */
export const amazon: AwsService = {
  name: 'Amazon',
  meanings: [
    [/^(ResourceContention|ScalingActivityInProgress)(Fault)?$/, { code: 'unavailable', remedy: 'Wait.' }],
    [/^IncompatibleProtocols/, { code: 'conflict', remedy: 'Look at what changed there, and plan again.' }],
    [
      /^(UnsupportedProtocol|AvailabilityZoneNotSupported|Unsupported|InvalidAction)/,
      { code: 'unsupported', remedy: 'Choose other zones, protocols or another region.' },
    ],
  ],
};
