import type { AutoScalingGroup } from '@aws-sdk/client-auto-scaling';
import type { RollSpec } from '@trencadis/availability';
import { hasAwsCode, invalid } from '@trencadis/aws-client';
import type { Account } from './account.ts';
import { scalingGroupName } from './aws-names.ts';
import { groupResource } from './ensure-group.ts';
import { tagKey } from './tags.ts';

export interface Rolling {
  readonly roll: RollSpec;
  readonly group: AutoScalingGroup;
}

/**
 * RS-12 as Amazon's instance refresh, which gives up by its own clock (an hour without progress). It goes on where one
 * runs. https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_StartInstanceRefresh.html
 */
export async function rollGroup(account: Account, name: string, { roll, group }: Rolling): Promise<void> {
  const { minHealthyPercent, maxHealthyPercent, checkpoints, checkpointDelayMs, rollsBack } = roll;
  if (maxHealthyPercent < 100 || maxHealthyPercent > 200 || maxHealthyPercent - minHealthyPercent > 100)
    throw invalid(
      `The scaling group ${name} is rolled between ${minHealthyPercent} % and ${maxHealthyPercent} %: write 100 to 200 for the most, and at most 100 between them.`,
      name,
    );
  const autoScaling = await account.site.clients.autoScaling();
  const Tags = [{ ...groupResource(name), Key: tagKey.rolled, Value: 'yes', PropagateAtLaunch: false }];
  await autoScaling.createOrUpdateTags({ Tags }, account.on);
  const { LaunchTemplate } = group;
  try {
    await autoScaling.startInstanceRefresh(
      {
        AutoScalingGroupName: scalingGroupName(name),
        Strategy: 'Rolling',
        ...(LaunchTemplate === undefined ? {} : { DesiredConfiguration: { LaunchTemplate } }),
        Preferences: {
          MinHealthyPercentage: minHealthyPercent,
          MaxHealthyPercentage: maxHealthyPercent,
          SkipMatching: true,
          AutoRollback: rollsBack,
          ...(checkpoints.length === 0
            ? {}
            : {
                CheckpointPercentages: [...checkpoints],
                CheckpointDelay: Math.ceil(checkpointDelayMs / 1000),
              }),
        },
      },
      account.on,
    );
  } catch (error) {
    if (!hasAwsCode(error, /^InstanceRefreshInProgress/)) throw error;
  }
}
