import type { ScalingGroupSpec } from '@trencadis/availability';
import { createAutoScalingGroups, createElbBalancer } from '@trencadis/balancer-elb';
import { awsOf } from '@trencadis/balancer-elb/testing';
import { isPlatformError } from '@trencadis/errors';
import { type NetworkName, type Tag, brandId, newUuid } from '@trencadis/ids';
import type { VmmDriver } from '@trencadis/vmm';
import { createEc2Vmm } from '@trencadis/vmm-ec2';
import { type TestEc2, startEc2 } from '@trencadis/vmm-ec2/testing';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { httpPool } from './full-spec.ts';
import { nativeSpec } from './native-group.ts';

/** What the driver sets at Amazon's engine. Of what Amazon then does by itself moto does next to nothing. */
const signal = new AbortController().signal;
let ec2: TestEc2;
let vmm: VmmDriver;
let balancers: ReturnType<typeof createElbBalancer>;
let groups: ReturnType<typeof createAutoScalingGroups>;
let network: NetworkName;
let tag: Tag;
let spec: ScalingGroupSpec;

beforeAll(async () => {
  ec2 = await startEc2();
  const options = { credentials: ec2.credentials, endpoint: ec2.endpoint, pollEveryMs: 5 };
  vmm = createEc2Vmm(options);
  balancers = createElbBalancer(options);
  groups = createAutoScalingGroups(options);
  const ofNetwork = brandId('Tag', `net-${newUuid().slice(0, 8)}`);
  network = brandId('NetworkName', `${ofNetwork}-out`);
  await vmm.networks.createNetwork({ name: network, tag: ofNetwork, kind: 'public' }, signal);
});
beforeEach(() => {
  tag = brandId('Tag', `nat-${newUuid().slice(0, 8)}`);
  spec = nativeSpec(ec2, { name: `${tag}-web`, tag, network, wish: { min: 2, max: 4 } });
});
afterEach(async () => {
  for (const { name } of await groups.listGroups(tag, signal)) await groups.deleteGroup(name, signal);
  for (const { name } of await balancers.listBalancers(tag, signal))
    await balancers.deleteBalancer(name, signal);
});
afterAll(() => ec2.stop());

async function codeOf(promise: Promise<unknown>) {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return isPlatformError(error) ? error.code : error;
}

it("sets the paper's alarm exactly, and one-minute figures", async () => {
  await groups.applyGroup(spec, signal);
  const cloudWatch = await awsOf(ec2).cloudWatch();
  const { MetricAlarms = [] } = await cloudWatch.describeAlarms({});
  expect(MetricAlarms).toHaveLength(1);
  expect(MetricAlarms[0]).toMatchObject({
    Namespace: 'AWS/EC2',
    MetricName: 'CPUUtilization',
    Statistic: 'Average',
    Period: 60,
    EvaluationPeriods: 1,
    ComparisonOperator: 'GreaterThanThreshold',
    Threshold: 80,
    Dimensions: [{ Name: 'AutoScalingGroupName', Value: `trencadis-${spec.name}` }],
  });
  const { LaunchTemplateVersions = [] } = await ec2.ec2.describeLaunchTemplateVersions({
    LaunchTemplateName: `trencadis-${spec.name}`,
  });
  expect(LaunchTemplateVersions[0]?.LaunchTemplateData).toMatchObject({
    ImageId: ec2.image.location,
    Monitoring: { Enabled: true },
    UserData: Buffer.from('#cloud-config\n').toString('base64'),
  });
});

it('makes the same one twice as one, and changes what is asked otherwise', async () => {
  const first = await groups.applyGroup(spec, signal);
  expect(first).toMatchObject({ status: 'active', min: 2, max: 4, desired: 2, suspended: [] });
  expect(first.instances).toHaveLength(2);
  const second = await groups.applyGroup(spec, signal);
  expect(second.instances.map(({ name }) => name)).toEqual(first.instances.map(({ name }) => name));
  const schedules = [{ id: 'night', at: '0 22 * * *', timeZone: 'UTC', max: 3 }];
  const launch = { ...spec.launch, userData: '#cloud-config\n# other\n' };
  const wider = { ...spec, min: 3, max: 3 };
  expect(await groups.applyGroup(wider, signal)).toMatchObject({ min: 3, max: 3, desired: 3 });
  // Afterwards: moto launches by a first version only.
  const changed = await groups.applyGroup({ ...wider, launch, policies: [], schedules }, signal);
  expect(changed).toMatchObject({ min: 3, max: 3, desired: 3 });
  const aws = awsOf(ec2);
  expect((await (await aws.cloudWatch()).describeAlarms({})).MetricAlarms).toEqual([]);
  const autoScaling = await aws.autoScaling();
  expect((await autoScaling.describePolicies({})).ScalingPolicies).toEqual([]);
  expect((await autoScaling.describeScheduledActions({})).ScheduledUpdateGroupActions).toHaveLength(1);
  const { LaunchTemplateVersions = [] } = await ec2.ec2.describeLaunchTemplateVersions({
    LaunchTemplateName: `trencadis-${spec.name}`,
  });
  expect(LaunchTemplateVersions).toHaveLength(2);
});

it('launches instances that carry our tag and are no VMs of ours', async () => {
  await groups.applyGroup(spec, signal);
  const { Reservations = [] } = await ec2.ec2.describeInstances({
    Filters: [{ Name: 'tag:trencadis:tag', Values: [tag] }],
  });
  expect(Reservations.flatMap(({ Instances = [] }) => Instances)).toHaveLength(2);
  expect(await vmm.listVms(tag, signal)).toEqual([]);
});

it('joins its instances to the pool of a balancer, which takes no others', async () => {
  const pools = [httpPool('web', { group: { port: 8080 } })];
  const frontends = [{ name: 'web', port: 80, protocol: 'http', routes: [], defaultPool: 'web' } as const];
  const balancer = `${tag}-main`;
  await balancers.applyBalancer({ name: balancer, tag, networks: [network], frontends, pools }, signal);
  const made = await groups.applyGroup({ ...spec, pools: [{ balancer, pool: 'web' }] }, signal);
  const seen = await balancers.describeBalancer(balancer, signal);
  const names = made.instances.map(({ name }) => name).toSorted();
  expect(seen?.members.map(({ name }) => name).toSorted()).toEqual(names);
  for (const { port, state, address } of seen?.members ?? []) {
    expect({ port, state }).toEqual({ port: 8080, state: 'up' });
    expect(address).toMatch(/^10\./);
  }
  const member = { pool: 'web', name: brandId('VmName', 'other'), address: '10.0.0.9', port: 1, weight: 100 };
  expect(await codeOf(balancers.addMember(balancer, member, signal))).toBe('unsupported');
});

it('refuses what it cannot keep, and leaves nothing', async () => {
  const balancer = `${tag}-main`;
  const frontends = [{ name: 'web', port: 80, protocol: 'http', routes: [], defaultPool: 'web' } as const];
  await balancers.applyBalancer(
    { name: balancer, tag, networks: [network], frontends, pools: [httpPool('web')] },
    signal,
  );
  const [busy] = spec.policies;
  const refusals = {
    unsupported: [{ policies: [{ ...busy!, metric: 'memory' }] }],
    'invalid-argument': [
      { min: 5 },
      { desired: 9 },
      { name: 'No Name' },
      { policies: [busy!, busy!] },
      { launch: { ...spec.launch, networks: [] } },
      { launch: { ...spec.launch, userData: 'x'.repeat(16 * 1024 + 1) } },
      { schedules: [{ id: 'lost', at: 'tomorrow', timeZone: 'UTC', max: 1 }] },
    ],
    'not-found': [{ launch: { ...spec.launch, networks: ['absent'] } }],
  };
  for (const [code, all] of Object.entries(refusals)) {
    for (const changes of all)
      expect({ changes, code: await codeOf(groups.applyGroup({ ...spec, ...changes }, signal)) }).toEqual({
        changes,
        code,
      });
  }
  expect(await groups.listGroups(tag, signal)).toEqual([]);
  const joined = { ...spec, pools: [{ balancer, pool: 'web' }] };
  expect(await codeOf(groups.applyGroup(joined, signal))).toBe('unsupported');
});

it('knows nothing of one that is not there, and refuses a name that another tag holds', async () => {
  expect(await groups.describeGroup(spec.name, signal)).toBeUndefined();
  await groups.deleteGroup(spec.name, signal);
  expect(await codeOf(groups.setDesired(spec.name, 1, signal))).toBe('not-found');
  await groups.applyGroup(spec, signal);
  const foreign = { ...spec, tag: brandId('Tag', 'somebody-else') };
  expect(await codeOf(groups.applyGroup(foreign, signal))).toBe('conflict');
});

it('marks an instance, and nothing where it is not there', async () => {
  const { instances } = await groups.applyGroup(spec, signal);
  const place = { group: spec.name, instance: instances[0]!.name };
  await groups.markUnhealthy(place, signal);
  const seen = await groups.describeGroup(spec.name, signal);
  expect(seen?.instances.filter(({ isHealthy }) => !isHealthy).map(({ name }) => name)).toEqual([
    place.instance,
  ]);
  const absent = { group: spec.name, instance: brandId('VmName', 'i-0') };
  await groups.markUnhealthy(absent, signal);
  expect(await codeOf(groups.setProtected(absent, true, signal))).toBe('not-found');
});
