import type { AutoScalingGroup } from '@aws-sdk/client-auto-scaling';
import { allPages, factsOf } from '@trencadis/aws-client';
import type { Account } from './account.ts';
import { scalingGroupName } from './aws-names.ts';
import { tagKey } from './tags.ts';

/** The Auto Scaling group of that name, where it is ours. */
export async function findGroup(account: Account, name: string): Promise<AutoScalingGroup | undefined> {
  const autoScaling = await account.site.clients.autoScaling();
  const { AutoScalingGroups = [] } = await autoScaling.describeAutoScalingGroups(
    { AutoScalingGroupNames: [scalingGroupName(name)] },
    account.on,
  );
  return AutoScalingGroups.find((group) => factsOf(group)[tagKey.group] === name);
}

export async function findGroups(account: Account, tag: string): Promise<readonly AutoScalingGroup[]> {
  const autoScaling = await account.site.clients.autoScaling();
  const Filters = [{ Name: `tag:${tagKey.tag}`, Values: [tag] }];
  const all = await allPages(
    ({ NextToken }) =>
      autoScaling.describeAutoScalingGroups(
        { Filters, ...(NextToken === undefined ? {} : { NextToken }) },
        account.on,
      ),
    ({ AutoScalingGroups }) => AutoScalingGroups,
  );
  return all.filter((group) => factsOf(group)[tagKey.group] !== undefined);
}
