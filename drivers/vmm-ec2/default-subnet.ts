import { unsupported } from '@trencadis/aws-client';
import type { Account } from './account.ts';

/** Where a VM without interfaces goes, as EC2 knows no instance without one: the account's default subnet of that zone. */
export async function defaultSubnet({ ec2, on }: Account, zone: string, vm: string): Promise<string> {
  const { Subnets = [] } = await ec2.describeSubnets(
    {
      Filters: [
        { Name: 'default-for-az', Values: ['true'] },
        { Name: 'availability-zone', Values: [zone] },
      ],
    },
    on,
  );
  const id = Subnets[0]?.SubnetId;
  if (id !== undefined) return id;
  throw unsupported(
    `The VM ${vm} is on no network, and this account has no default subnet in ${zone}: put it on a network.`,
    vm,
  );
}
