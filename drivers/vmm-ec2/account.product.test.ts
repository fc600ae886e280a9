import { newUuid, brandId, type DiskName, type NetworkName, type Tag, type VmName } from '@trencadis/ids';
import type { VmSpec, VmmDriver } from '@trencadis/vmm';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { awsClients } from './aws-clients.ts';
import { createEc2Vmm } from './index.ts';
import { digestOfAmi } from './images.ts';
import { ec2Error } from './testing/fake-aws.ts';
import { type TestEc2, startEc2 } from './testing/index.ts';
import { startProxy } from './testing/proxy.ts';

/** What Amazon EC2 has and other VM managers have not. What moto does otherwise is said where it matters. */
const signal = new AbortController().signal;
let ec2: TestEc2;
let driver: VmmDriver;
let tag: Tag;
beforeAll(async () => {
  ec2 = await startEc2();
  driver = driverAt(ec2.endpoint);
});
afterAll(() => ec2.stop());
beforeEach(() => {
  tag = brandId('Tag', `acc-${newUuid().slice(0, 8)}`);
});
afterEach(async () => {
  for (const { name } of await driver.listVms(tag, signal)) await driver.deleteVm(name, signal);
  for (const { name } of await driver.disks.listDisks(tag, signal))
    await driver.disks.deleteDisk(name, signal);
  for (const { name } of await driver.networks.listNetworks(tag, signal)) {
    await driver.networks.deleteNetwork(name, signal);
  }
  expect(await ec2.leftovers()).toEqual([]);
});

const driverAt = (endpoint: string): VmmDriver =>
  createEc2Vmm({ credentials: ec2.credentials, endpoint, pollEveryMs: 5 });
const vmName = (label: string): VmName => brandId('VmName', `${tag}-${label}`);
const netName = (label: string): NetworkName => brandId('NetworkName', `${tag}-${label}`);
const diskName = (label: string): DiskName => brandId('DiskName', `${tag}-${label}`);
const network = (label: string, kind: 'public' | 'private' = 'private') =>
  driver.networks.createNetwork({ name: netName(label), tag, kind }, signal);
const vm = (label: string, changes: Partial<VmSpec> = {}): VmSpec => ({
  name: vmName(label),
  tag,
  hostName: label,
  image: ec2.image,
  instanceType: 't2.micro',
  cpuCount: 1,
  memoryMiB: 1024,
  interfaces: [],
  disks: [],
  login: { user: 'admin', authorizedKey: 'ssh-ed25519 AAAA' },
  ...changes,
});
const instancesOf = async (name: string) => {
  const { Reservations = [] } = await ec2.ec2.describeInstances({
    Filters: [
      { Name: 'tag:trencadis:name', Values: [name] },
      { Name: 'instance-state-name', Values: ['pending', 'running', 'stopped'] },
    ],
  });
  return Reservations.flatMap(({ Instances = [] }) => Instances);
};

describe('an instance', () => {
  it('is launched with what belongs to it: tags on all it brings, its root volume, no old metadata service', async () => {
    const { name } = await network('in');
    await driver.createVm(vm('whole', { interfaces: [{ network: name }] }), signal);
    const [instance] = await instancesOf(vmName('whole'));
    expect(instance?.MetadataOptions?.HttpTokens).toBe('required');
    expect(instance?.ClientToken).toMatch(/^[0-9a-f]{64}$/);
    const [root] = instance?.BlockDeviceMappings ?? [];
    expect(root?.Ebs?.DeleteOnTermination).toBe(true);
    const { Volumes = [] } = await ec2.ec2.describeVolumes({ VolumeIds: [root?.Ebs?.VolumeId ?? ''] });
    expect(Volumes[0]?.Tags).toContainEqual({ Key: 'trencadis:tag', Value: tag });
  });

  it('is spot where that was asked for, and then neither stopped nor resized', async () => {
    await driver.createVm(vm('spare', { spot: { maxPerHour: 0.01 } }), signal);
    const [instance] = await instancesOf(vmName('spare'));
    expect(instance?.InstanceLifecycle).toBe('spot');
    const larger = vm('spare', { instanceType: 't2.small', memoryMiB: 2048 });
    for (const work of [driver.stopVm(vmName('spare'), signal), driver.updateVm(larger, signal)]) {
      await expect(work).rejects.toMatchObject({ code: 'unsupported' });
    }
  });

  it('is one when two processes ask at once, whoever was first', async () => {
    const spec = vm('once');
    const [one, other] = await Promise.all(
      [driverAt(ec2.endpoint), driverAt(ec2.endpoint)].map((each) => each.createVm(spec, signal)),
    );
    const left = await driver.describeVm(spec.name, signal);
    // moto knows no client tokens, so two were launched: the older one stays.
    expect(await instancesOf(spec.name)).toHaveLength(1);
    expect([one?.hostKeys, other?.hostKeys]).toContainEqual(left?.hostKeys);
  });

  it('is another one under the name of one that was terminated and is still told', async () => {
    const spec = vm('again');
    const first = await driver.createVm(spec, signal);
    await ec2.removeBehind(spec.name);
    expect(await driver.describeVm(spec.name, signal)).toBeUndefined();
    const second = await driver.createVm(spec, signal);
    expect(second.hostKeys).not.toEqual(first.hostKeys);
  });

  it('is found among many in few calls', async () => {
    const Tags = Object.entries({
      'trencadis:tag': tag,
      'trencadis:image-digest': ec2.image.digest,
    }).map(([Key, Value]) => ({ Key, Value }));
    const made: Promise<unknown>[] = [];
    for (let index = 0; index < 104; index += 1) {
      const Name = { Key: 'trencadis:name', Value: vmName(`n${index}`) };
      const TagSpecifications = [{ ResourceType: 'instance' as const, Tags: [...Tags, Name] }];
      const { location: ImageId } = ec2.image;
      made.push(
        ec2.ec2.runInstances({
          MinCount: 1,
          MaxCount: 1,
          ImageId,
          InstanceType: 't2.micro',
          NetworkInterfaces: [{ DeviceIndex: 0, SubnetId: ec2.providerNetwork, DeleteOnTermination: true }],
          BlockDeviceMappings: [
            { DeviceName: '/dev/xvda', Ebs: { VolumeSize: 8, DeleteOnTermination: true } },
          ],
          TagSpecifications,
        }),
      );
    }
    await Promise.all(made);
    const proxy = await startProxy(ec2.endpoint, () => 'pass');
    try {
      // moto answers in pages of a hundred.
      expect(await driverAt(proxy.endpoint).listVms(tag, signal)).toHaveLength(104);
      expect(proxy.requests.length).toBeLessThanOrEqual(4);
    } finally {
      await proxy.stop();
    }
    const { Reservations = [] } = await ec2.ec2.describeInstances({
      Filters: [{ Name: 'tag:trencadis:tag', Values: [tag] }],
      MaxResults: 1000,
    });
    const InstanceIds = Reservations.flatMap(({ Instances = [] }) => Instances).flatMap(
      ({ InstanceId }) => InstanceId ?? [],
    );
    await ec2.ec2.terminateInstances({ InstanceIds });
  });
});

describe('public addresses', () => {
  it('are given at the launch to a VM with one interface, and only on a public network', async () => {
    const [outer, inner] = [await network('out', 'public'), await network('in')];
    const front = await driver.createVm(vm('front', { interfaces: [{ network: outer.name }] }), signal);
    const back = await driver.createVm(vm('back', { interfaces: [{ network: inner.name }] }), signal);
    expect(front.addresses[0]?.publicAddress).toMatch(/^\d+(\.\d+){3}$/);
    expect(back.addresses[0]).not.toHaveProperty('publicAddress');
    expect((await ec2.ec2.describeAddresses({})).Addresses).toEqual([]);
  });

  it('are elastic with several interfaces, stay through a stop and go with the VM', async () => {
    const [outer, inner] = [await network('out', 'public'), await network('in')];
    const interfaces = [{ network: inner.name }, { network: outer.name }];
    const { addresses } = await driver.createVm(vm('gate', { interfaces }), signal);
    expect(addresses.map((each) => each.publicAddress === undefined)).toEqual([true, false]);
    await driver.stopVm(vmName('gate'), signal);
    expect((await driver.describeVm(vmName('gate'), signal))?.addresses).toEqual(addresses);
    await driver.deleteVm(vmName('gate'), signal);
    expect((await ec2.ec2.describeAddresses({})).Addresses).toEqual([]);
  });

  it('that are left of a VM that somebody terminated are told as what is left of it', async () => {
    const [outer, inner] = [await network('out', 'public'), await network('in')];
    const interfaces = [{ network: outer.name }, { network: inner.name }];
    await driver.createVm(vm('gone', { interfaces }), signal);
    await ec2.removeBehind(vmName('gone'));
    const [left] = await driver.listVms(tag, signal);
    expect(left).toMatchObject({ name: vmName('gone'), status: 'failed' });
    expect(left?.failure).toContain('elastic address');
    await driver.createVm(vm('gone', { interfaces }), signal);
    expect(await driver.listVms(tag, signal)).toMatchObject([{ status: 'running' }]);
  });
});

describe('zones', () => {
  it('each have a part of a network, and a VM is in the one that it asks for', async () => {
    const { name, subnet } = await network('wide');
    const zones = ['eu-west-1a', 'eu-west-1b', 'eu-west-1c'];
    for (const zone of zones) {
      const made = await driver.createVm(vm(zone, { zone, interfaces: [{ network: name }] }), signal);
      expect(made.zone).toBe(zone);
    }
    const [listed] = await driver.networks.listNetworks(tag, signal);
    expect(listed?.subnet).toBe(subnet);
  });

  it('hold a disk where its tag is at home: a VM elsewhere cannot have it, and is not made', async () => {
    const disk = { name: diskName('data'), tag, sizeGiB: 1 };
    await driver.disks.createDisk(disk, signal);
    const disks = [{ disk: disk.name, mountPath: '/srv' }];
    const home = await driver.createVm(vm('home', { disks }), signal);
    await driver.deleteVm(vmName('home'), signal);
    const elsewhere = ['eu-west-1a', 'eu-west-1b'].find((zone) => zone !== home.zone) ?? '';
    const work = driver.createVm(vm('away', { disks, zone: elsewhere }), signal);
    await expect(work).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining(disk.name),
    });
    expect(await driver.listVms(tag, signal)).toEqual([]);
  });

  it('hold a network whose subnet was asked for', async () => {
    const subnet = '172.16.4.0/26';
    const spec = { name: netName('narrow'), tag, kind: 'private', subnet } as const;
    await driver.networks.createNetwork(spec, signal);
    const interfaces = [{ network: spec.name }];
    const home = await driver.createVm(vm('home', { interfaces }), signal);
    const elsewhere = ['eu-west-1a', 'eu-west-1b'].find((zone) => zone !== home.zone) ?? '';
    const work = driver.createVm(vm('away', { interfaces, zone: elsewhere }), signal);
    await expect(work).rejects.toMatchObject({ code: 'conflict' });
  });
});

describe('networks', () => {
  it('of one tag lie in one VPC when two processes make them at once, and leave none', async () => {
    const specs = ['a', 'b', 'c', 'd'].map((label) => ({
      name: netName(label),
      tag,
      kind: label < 'c' ? 'public' : 'private',
    })) as { name: NetworkName; tag: Tag; kind: 'public' | 'private' }[];
    await Promise.all(specs.map((spec) => driverAt(ec2.endpoint).networks.createNetwork(spec, signal)));
    const { SecurityGroups = [] } = await ec2.ec2.describeSecurityGroups({
      Filters: [{ Name: 'tag:trencadis:tag', Values: [tag] }],
    });
    expect(SecurityGroups).toHaveLength(4);
    expect(new Set(SecurityGroups.map(({ VpcId }) => VpcId)).size).toBe(1);
    const all = vm('everywhere', { interfaces: specs.map(({ name }) => ({ network: name })) });
    expect((await driver.createVm(all, signal)).addresses).toHaveLength(4);
  });

  it('are open inside, to SSH and to what was asked for, and to nothing else', async () => {
    const openPorts = [{ protocol: 'icmp', from: 0, to: 0 } as const];
    await driver.networks.createNetwork({ name: netName('out'), tag, kind: 'public', openPorts }, signal);
    const { SecurityGroups = [] } = await ec2.ec2.describeSecurityGroups({
      Filters: [{ Name: 'tag:trencadis:name', Values: [netName('out')] }],
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
    const { Subnets = [] } = await ec2.ec2.describeSubnets({ SubnetIds: [ec2.providerNetwork] });
    const group = { GroupName: `trencadis-${netName('taken')}`, Description: 'not ours' };
    const { GroupId = '' } = await ec2.ec2.createSecurityGroup({ ...group, VpcId: Subnets[0]?.VpcId });
    const spec = {
      name: netName('taken'),
      tag,
      kind: 'public',
      providerNetwork: ec2.providerNetwork,
    } as const;
    await expect(driver.networks.createNetwork(spec, signal)).rejects.toMatchObject({ code: 'conflict' });
    await ec2.ec2.deleteSecurityGroup({ GroupId });
  });
});

describe('images', () => {
  it('are had by an alias of the parameter store, as long as it stands for what was meant', async () => {
    const ssm = await awsClients(ec2.credentials, { endpoint: ec2.endpoint }).ssm();
    const Name = `/${tag}/debian`;
    await ssm.putParameter({ Name, Value: ec2.image.location, Type: 'String' });
    const location = `resolve:ssm:${Name}`;
    const image = { location, digest: ec2.image.digest };
    const made = await driver.createVm(vm('alias', { image }), signal);
    expect(made.image).toEqual(image);
    const listed = await driver.images.listBootable({ pattern: location }, signal);
    expect(listed).toMatchObject([{ ...ec2.image, operatingSystem: { flavour: 'debian', version: '12' } }]);
    const moved = { location, digest: digestOfAmi('ami-00000000000000000') };
    const work = driver.createVm(vm('moved', { image: moved }), signal);
    await expect(work).rejects.toMatchObject({ code: 'conflict' });
  });

  it.each([
    ['ami-0123456789abcdef0', 'not-found'],
    ['aws://us-east-1/ami-0123456789abcdef0', 'not-found'],
    ['resolve:ssm:/aws/service/debian/no-such', 'not-found'],
    ['debian', 'invalid-argument'],
  ])('that are %s are %s, and leave nothing', async (location, code) => {
    const image = { location, digest: digestOfAmi(location) };
    await expect(driver.createVm(vm('none', { image }), signal)).rejects.toMatchObject({ code });
  });

  it('are too many to be listed without a pattern', async () => {
    for (const filter of [{}, { pattern: '*' }]) {
      const work = driver.images.listBootable(filter, signal);
      await expect(work).rejects.toMatchObject({ code: 'invalid-argument' });
    }
  });
});

describe('what Amazon refuses', () => {
  it.each([
    ['VcpuLimitExceeded', 'quota-exceeded'],
    ['InsufficientInstanceCapacity', 'quota-exceeded'],
    ['UnauthorizedOperation', 'forbidden'],
    ['ExpiredToken', 'unauthenticated'],
    ['Unsupported', 'unsupported'],
  ])('at the launch with %s is %s, and leaves nothing', async (awsCode, code) => {
    const { name } = await network('in');
    const proxy = await startProxy(ec2.endpoint, ({ action }) =>
      action === 'RunInstances' ? ec2Error(awsCode) : 'pass',
    );
    try {
      const work = driverAt(proxy.endpoint).createVm(vm('no', { interfaces: [{ network: name }] }), signal);
      await expect(work).rejects.toMatchObject({ code, details: { awsCode } });
    } finally {
      await proxy.stop();
    }
    expect(await driver.listVms(tag, signal)).toEqual([]);
  });

  it('in mid-operation with an expired token is told, and finished with a new one', async () => {
    const disk = { name: diskName('data'), tag, sizeGiB: 1 };
    await driver.disks.createDisk(disk, signal);
    const spec = vm('late', { disks: [{ disk: disk.name, mountPath: '/srv' }] });
    let hasExpired = false;
    const proxy = await startProxy(ec2.endpoint, ({ action }) => {
      hasExpired ||= action === 'AttachVolume';
      return hasExpired ? ec2Error('ExpiredToken') : 'pass';
    });
    try {
      const work = driverAt(proxy.endpoint).createVm(spec, signal);
      await expect(work).rejects.toMatchObject({ code: 'unauthenticated' });
    } finally {
      await proxy.stop();
    }
    expect(await driver.listVms(tag, signal)).toMatchObject([{ name: spec.name, disks: [] }]);
    expect((await driver.createVm(spec, signal)).disks).toEqual(spec.disks);
  });
});
