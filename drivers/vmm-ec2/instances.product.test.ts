import { describe, expect, it } from 'vitest';
import { startProxy } from './testing/proxy.ts';
import { TestAccount } from './testing/test-account.ts';

/** What Amazon EC2 has and other VM managers have not. What moto does otherwise is said where it matters. */
const signal = new AbortController().signal;
const account = new TestAccount();

async function instancesOf(name: string) {
  const { Reservations = [] } = await account.ec2.ec2.describeInstances({
    Filters: [
      { Name: 'tag:trencadis:name', Values: [name] },
      { Name: 'instance-state-name', Values: ['pending', 'running', 'stopped'] },
    ],
  });
  return Reservations.flatMap(({ Instances = [] }) => Instances);
}

describe('an instance', () => {
  it('is launched with what belongs to it: tags on all it brings, its root volume, no old metadata service', async () => {
    const { name } = await account.network('in');
    await account.driver.createVm(account.vm('whole', { interfaces: [{ network: name }] }), signal);
    const [instance] = await instancesOf(account.vmName('whole'));
    expect(instance).toMatchObject({
      MetadataOptions: { HttpTokens: 'required' },
      ClientToken: expect.stringMatching(/^[0-9a-f]{64}$/),
      BlockDeviceMappings: [{ Ebs: { DeleteOnTermination: true } }],
    });
    const { Volumes = [] } = await account.ec2.ec2.describeVolumes({});
    const root = Volumes.find(({ Attachments = [] }) => Attachments[0]?.InstanceId === instance?.InstanceId);
    expect(root?.Tags).toContainEqual({ Key: 'trencadis:tag', Value: account.tag });
  });

  it('is spot where that was asked for, and then neither stopped nor resized', async () => {
    await account.driver.createVm(account.vm('spare', { spot: { maxPerHour: 0.01 } }), signal);
    const [instance] = await instancesOf(account.vmName('spare'));
    expect(instance?.InstanceLifecycle).toBe('spot');
    const larger = account.vm('spare', { instanceType: 't2.small', memoryMiB: 2048 });
    for (const work of [
      account.driver.stopVm(account.vmName('spare'), signal),
      account.driver.updateVm(larger, signal),
    ]) {
      await expect(work).rejects.toMatchObject({ code: 'unsupported' });
    }
  });

  it('is one when two processes ask at once, whoever was first', async () => {
    const spec = account.vm('once');
    const [one, other] = await Promise.all(
      [account.driverAt(account.ec2.endpoint), account.driverAt(account.ec2.endpoint)].map((each) =>
        each.createVm(spec, signal),
      ),
    );
    const left = await account.driver.describeVm(spec.name, signal);
    // moto knows no client tokens, so two were launched: the older one stays.
    expect(await instancesOf(spec.name)).toHaveLength(1);
    expect([one?.hostKeys, other?.hostKeys]).toContainEqual(left?.hostKeys);
  });

  it('is another one under the name of one that was terminated and is still told', async () => {
    const spec = account.vm('again');
    const first = await account.driver.createVm(spec, signal);
    await account.ec2.removeBehind(spec.name);
    expect(await account.driver.describeVm(spec.name, signal)).toBeUndefined();
    const second = await account.driver.createVm(spec, signal);
    expect(second.hostKeys).not.toEqual(first.hostKeys);
  });

  it('is found among many in few calls', async () => {
    const Tags = Object.entries({
      'trencadis:tag': account.tag,
      'trencadis:image-digest': account.ec2.image.digest,
    }).map(([Key, Value]) => ({ Key, Value }));
    const made: Promise<unknown>[] = [];
    for (let index = 0; index < 104; index += 1) {
      const Name = { Key: 'trencadis:name', Value: account.vmName(`n${index}`) };
      const TagSpecifications = [{ ResourceType: 'instance' as const, Tags: [...Tags, Name] }];
      const { location: ImageId } = account.ec2.image;
      made.push(
        account.ec2.ec2.runInstances({
          MinCount: 1,
          MaxCount: 1,
          ImageId,
          InstanceType: 't2.micro',
          NetworkInterfaces: [
            { DeviceIndex: 0, SubnetId: account.ec2.providerNetwork, DeleteOnTermination: true },
          ],
          BlockDeviceMappings: [
            { DeviceName: '/dev/xvda', Ebs: { VolumeSize: 8, DeleteOnTermination: true } },
          ],
          TagSpecifications,
        }),
      );
    }
    await Promise.all(made);
    const proxy = await startProxy(account.ec2.endpoint, () => 'pass');
    try {
      // moto answers in pages of a hundred.
      expect(await account.driverAt(proxy.endpoint).listVms(account.tag, signal)).toHaveLength(104);
      expect(proxy.requests.length).toBeLessThanOrEqual(4);
    } finally {
      await proxy.stop();
    }
    const { Reservations = [] } = await account.ec2.ec2.describeInstances({
      Filters: [{ Name: 'tag:trencadis:tag', Values: [account.tag] }],
      MaxResults: 1000,
    });
    const InstanceIds = Reservations.flatMap(({ Instances = [] }) => Instances).flatMap(
      ({ InstanceId }) => InstanceId ?? [],
    );
    await account.ec2.ec2.terminateInstances({ InstanceIds });
  });
});

describe('public addresses', () => {
  it('are given at the launch to a VM with one interface, and only on a public network', async () => {
    const [outer, inner] = [await account.network('out', 'public'), await account.network('in')];
    const front = await account.driver.createVm(
      account.vm('front', { interfaces: [{ network: outer.name }] }),
      signal,
    );
    const back = await account.driver.createVm(
      account.vm('back', { interfaces: [{ network: inner.name }] }),
      signal,
    );
    expect(front.addresses[0]?.publicAddress).toMatch(/^\d+(\.\d+){3}$/);
    expect(back.addresses[0]).not.toHaveProperty('publicAddress');
    expect((await account.ec2.ec2.describeAddresses({})).Addresses).toEqual([]);
  });

  it('are elastic with several interfaces, stay through a stop and go with the VM', async () => {
    const [outer, inner] = [await account.network('out', 'public'), await account.network('in')];
    const interfaces = [{ network: inner.name }, { network: outer.name }];
    const { addresses } = await account.driver.createVm(account.vm('gate', { interfaces }), signal);
    expect(addresses.map((each) => each.publicAddress === undefined)).toEqual([true, false]);
    await account.driver.stopVm(account.vmName('gate'), signal);
    expect((await account.driver.describeVm(account.vmName('gate'), signal))?.addresses).toEqual(addresses);
    await account.driver.deleteVm(account.vmName('gate'), signal);
    expect((await account.ec2.ec2.describeAddresses({})).Addresses).toEqual([]);
  });

  it('that are left of a VM that somebody terminated are told as what is left of it', async () => {
    const [outer, inner] = [await account.network('out', 'public'), await account.network('in')];
    const interfaces = [{ network: outer.name }, { network: inner.name }];
    await account.driver.createVm(account.vm('gone', { interfaces }), signal);
    await account.ec2.removeBehind(account.vmName('gone'));
    const [left] = await account.driver.listVms(account.tag, signal);
    expect(left).toMatchObject({ name: account.vmName('gone'), status: 'failed' });
    expect(left?.failure).toContain('elastic address');
    await account.driver.createVm(account.vm('gone', { interfaces }), signal);
    expect(await account.driver.listVms(account.tag, signal)).toMatchObject([{ status: 'running' }]);
  });
});
