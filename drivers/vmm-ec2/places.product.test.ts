import { describe, expect, it } from 'vitest';
import { TestAccount } from './testing/test-account.ts';

/** Zones, subnets and security groups as Amazon has them. */
const signal = new AbortController().signal;
const account = new TestAccount();

describe('zones', () => {
  it('each have a part of a network, and a VM is in the one that it asks for', async () => {
    const { name, subnet } = await account.network('wide');
    const zones = ['eu-west-1a', 'eu-west-1b', 'eu-west-1c'];
    for (const zone of zones) {
      const made = await account.driver.createVm(
        account.vm(zone, { zone, interfaces: [{ network: name }] }),
        signal,
      );
      expect(made.zone).toBe(zone);
    }
    const [listed] = await account.driver.networks.listNetworks(account.tag, signal);
    expect(listed?.subnet).toBe(subnet);
  });

  it('hold a disk where its tag is at home: a VM elsewhere cannot have it, and is not made', async () => {
    const disk = { name: account.diskName('data'), tag: account.tag, sizeGiB: 1 };
    await account.driver.disks.createDisk(disk, signal);
    const disks = [{ disk: disk.name, mountPath: '/srv' }];
    const home = await account.driver.createVm(account.vm('home', { disks }), signal);
    await account.driver.deleteVm(account.vmName('home'), signal);
    const elsewhere = ['eu-west-1a', 'eu-west-1b'].find((zone) => zone !== home.zone) ?? '';
    const work = account.driver.createVm(account.vm('away', { disks, zone: elsewhere }), signal);
    await expect(work).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining(disk.name),
    });
    expect(await account.driver.listVms(account.tag, signal)).toEqual([]);
  });

  it('hold a network whose subnet was asked for', async () => {
    const subnet = '172.16.4.0/26';
    const spec = { name: account.netName('narrow'), tag: account.tag, kind: 'private', subnet } as const;
    await account.driver.networks.createNetwork(spec, signal);
    const interfaces = [{ network: spec.name }];
    const home = await account.driver.createVm(account.vm('home', { interfaces }), signal);
    const elsewhere = ['eu-west-1a', 'eu-west-1b'].find((zone) => zone !== home.zone) ?? '';
    const work = account.driver.createVm(account.vm('away', { interfaces, zone: elsewhere }), signal);
    await expect(work).rejects.toMatchObject({ code: 'conflict' });
  });
});

describe('networks', () => {
  it('of one tag lie in one VPC when two processes make them at once, and leave none', async () => {
    const specs = ['a', 'b', 'c', 'd'].map((label) => ({
      name: account.netName(label),
      tag: account.tag,
      kind: label < 'c' ? ('public' as const) : ('private' as const),
    }));
    await Promise.all(
      specs.map((spec) => account.driverAt(account.ec2.endpoint).networks.createNetwork(spec, signal)),
    );
    const { SecurityGroups = [] } = await account.ec2.ec2.describeSecurityGroups({
      Filters: [{ Name: 'tag:trencadis:tag', Values: [account.tag] }],
    });
    expect(SecurityGroups).toHaveLength(4);
    expect(new Set(SecurityGroups.map(({ VpcId }) => VpcId)).size).toBe(1);
    const all = account.vm('everywhere', { interfaces: specs.map(({ name }) => ({ network: name })) });
    expect((await account.driver.createVm(all, signal)).addresses).toHaveLength(4);
  });

  it('are open inside, to SSH and to what was asked for, and to nothing else', async () => {
    const openPorts = [{ protocol: 'icmp', from: 0, to: 0 } as const];
    await account.driver.networks.createNetwork(
      { name: account.netName('out'), tag: account.tag, kind: 'public', openPorts },
      signal,
    );
    const { SecurityGroups = [] } = await account.ec2.ec2.describeSecurityGroups({
      Filters: [{ Name: 'tag:trencadis:name', Values: [account.netName('out')] }],
    });
    const [group] = SecurityGroups;
    const rules = (group?.IpPermissions ?? []).map(
      ({ IpProtocol, FromPort, IpRanges = [], UserIdGroupPairs = [] }) =>
        `${IpProtocol} ${FromPort ?? ''} ${IpRanges[0]?.CidrIp ?? ''}${UserIdGroupPairs[0]?.GroupId ?? ''}`,
    );
    expect(rules.toSorted()).toEqual(
      [`-1  ${group?.GroupId}`, 'icmp -1 0.0.0.0/0', 'tcp 22 0.0.0.0/0'].toSorted(),
    );
  });

  it('whose group has the name of somebody else’s are a conflict, and leave nothing', async () => {
    const { Subnets = [] } = await account.ec2.ec2.describeSubnets({
      SubnetIds: [account.ec2.providerNetwork],
    });
    const group = { GroupName: `trencadis-${account.netName('taken')}`, Description: 'not ours' };
    const { GroupId = '' } = await account.ec2.ec2.createSecurityGroup({
      ...group,
      VpcId: Subnets[0]?.VpcId,
    });
    const spec = {
      name: account.netName('taken'),
      tag: account.tag,
      kind: 'public',
      providerNetwork: account.ec2.providerNetwork,
    } as const;
    await expect(account.driver.networks.createNetwork(spec, signal)).rejects.toMatchObject({
      code: 'conflict',
    });
    await account.ec2.ec2.deleteSecurityGroup({ GroupId });
  });
});
