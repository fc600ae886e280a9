import { createElbBalancer } from '@trencadis/balancer-elb';
import { awsOf } from '@trencadis/balancer-elb/testing';
import { createAuthority, issueServerCertificate } from '@trencadis/certificates';
import { systemClock } from '@trencadis/clock';
import { isPlatformError } from '@trencadis/errors';
import { type NetworkName, type Tag, brandId, newUuid } from '@trencadis/ids';
import { createEc2Vmm } from '@trencadis/vmm-ec2';
import { type TestEc2, startEc2 } from '@trencadis/vmm-ec2/testing';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { fullSpec, httpPool } from './full-spec.ts';

/** What stands at Amazon for what a balancer is asked to be. */
const signal = new AbortController().signal;
let ec2: TestEc2;
let vmm: ReturnType<typeof createEc2Vmm>;
let driver: ReturnType<typeof createElbBalancer>;
let network: NetworkName;
let narrow: NetworkName;
let tag: Tag;

beforeAll(async () => {
  ec2 = await startEc2();
  const options = { credentials: ec2.credentials, endpoint: ec2.endpoint, pollEveryMs: 5 };
  driver = createElbBalancer(options);
  vmm = createEc2Vmm(options);
  const ofNetworks = brandId('Tag', `net-${newUuid().slice(0, 8)}`);
  network = brandId('NetworkName', `${ofNetworks}-out`);
  narrow = brandId('NetworkName', `${ofNetworks}-narrow`);
  await vmm.networks.createNetwork({ name: network, tag: ofNetworks, kind: 'public' }, signal);
  const one = { name: narrow, tag: ofNetworks, kind: 'private', subnet: '10.0.100.0/24' } as const;
  await vmm.networks.createNetwork(one, signal);
});
beforeEach(() => {
  tag = brandId('Tag', `det-${newUuid().slice(0, 8)}`);
});
afterEach(async () => {
  for (const { name } of await driver.listBalancers(tag, signal)) await driver.deleteBalancer(name, signal);
});
afterAll(() => ec2.stop());

async function certificate() {
  const authority = await createAuthority({ commonName: 'Details', clock: systemClock });
  const asked = { authority, clock: systemClock, days: 1, dnsNames: ['web.example'], ipAddresses: [] };
  return issueServerCertificate(asked);
}

const frontend = { name: 'web', port: 80, protocol: 'http', routes: [], defaultPool: 'web' } as const;
const plain = (networks: readonly NetworkName[]) => ({
  name: `${tag}-main`,
  tag,
  networks,
  frontends: [frontend],
  pools: [httpPool('web')],
});

it('stands in two zones of its network, the second one led out as the first, and gives it back', async () => {
  const before = await ec2.ec2.describeSubnets({});
  await driver.applyBalancer(plain([network]), signal);
  const { LoadBalancers: [made] = [] } = await (await awsOf(ec2).elb()).describeLoadBalancers({});
  expect(made).toMatchObject({ Type: 'application', Scheme: 'internet-facing' });
  expect(new Set(made?.AvailabilityZones?.map(({ ZoneName }) => ZoneName)).size).toBe(2);
  const { RouteTables = [] } = await ec2.ec2.describeRouteTables({
    Filters: [{ Name: 'tag:trencadis:name', Values: [network] }],
  });
  const led = RouteTables.flatMap(({ Associations = [] }) => Associations.map(({ SubnetId }) => SubnetId));
  for (const { SubnetId } of made?.AvailabilityZones ?? []) expect(led).toContain(SubnetId);
  await driver.deleteBalancer(`${tag}-main`, signal);
  expect((await ec2.ec2.describeSubnets({})).Subnets).toHaveLength(before.Subnets!.length);
});

it('refuses a network that has room for one zone only, before anything is made', async () => {
  const error: unknown = await driver
    .applyBalancer(plain([narrow]), signal)
    .catch((reason: unknown) => reason);
  expect(isPlatformError(error) && error.code).toBe('unsupported');
  expect(await driver.listBalancers(tag, signal)).toEqual([]);
});

it('opens the ports of its frontends and no others, and is in the group of its network', async () => {
  await driver.applyBalancer(plain([network]), signal);
  await driver.applyBalancer({ ...plain([network]), frontends: [{ ...frontend, port: 8080 }] }, signal);
  const { SecurityGroups: [group] = [] } = await ec2.ec2.describeSecurityGroups({
    Filters: [{ Name: 'tag:trencadis:balancer', Values: [`${tag}-main`] }],
  });
  expect(group?.IpPermissions?.map(({ FromPort, ToPort }) => [FromPort, ToPort])).toEqual([[8080, 8080]]);
  const { LoadBalancers: [made] = [] } = await (await awsOf(ec2).elb()).describeLoadBalancers({});
  expect(made?.SecurityGroups).toHaveLength(2);
});

it('takes another certificate in the place of the first one, at the same listener', async () => {
  const { elb, acm } = awsOf(ec2);
  const seen = async () => {
    const { LoadBalancers: [made] = [] } = await (await elb()).describeLoadBalancers({});
    const { Listeners = [] } = await (
      await elb()
    ).describeListeners({ LoadBalancerArn: made?.LoadBalancerArn });
    const secured = Listeners.find(({ Protocol }) => Protocol === 'HTTPS');
    const CertificateArn = secured?.Certificates?.[0]?.CertificateArn;
    const { Certificate } = await (await acm()).getCertificate({ CertificateArn });
    return { listener: secured?.ListenerArn, arn: CertificateArn, text: Certificate };
  };
  await driver.applyBalancer(
    fullSpec({ tag, networks: [network], certificate: await certificate() }),
    signal,
  );
  const first = await seen();
  await driver.applyBalancer(
    fullSpec({ tag, networks: [network], certificate: await certificate() }),
    signal,
  );
  const second = await seen();
  expect(second).toMatchObject({ listener: first.listener, arn: first.arn });
  expect(second.text).not.toBe(first.text);
});

it('balances tcp by a network load balancer, with sources that stay', async () => {
  const pool = httpPool('web', { protocol: 'tcp', algorithm: 'source' });
  const tcp = { ...plain([network]), frontends: [{ ...frontend, protocol: 'tcp' as const }], pools: [pool] };
  expect((await driver.applyBalancer(tcp, signal)).frontends).toEqual([
    { name: 'web', port: 80, protocol: 'tcp' },
  ]);
  const elb = await awsOf(ec2).elb();
  const { LoadBalancers: [made] = [] } = await elb.describeLoadBalancers({});
  expect(made?.Type).toBe('network');
  const { TargetGroups: [group] = [] } = await elb.describeTargetGroups({});
  const { Attributes = [] } = await elb.describeTargetGroupAttributes({
    TargetGroupArn: group?.TargetGroupArn,
  });
  const values = Object.fromEntries(Attributes.map(({ Key = '', Value }) => [Key, Value]));
  expect(values).toMatchObject({
    'stickiness.enabled': 'true',
    'stickiness.type': 'source_ip',
    'deregistration_delay.timeout_seconds': '5',
  });
});

it('moves its members where a pool changes to what a target group cannot become', async () => {
  await driver.applyBalancer(plain([network]), signal);
  const member = {
    pool: 'web',
    name: brandId('VmName', 'web-1'),
    address: '10.0.0.9',
    port: 8443,
    weight: 100,
  };
  await driver.addMember(`${tag}-main`, member, signal);
  const secured = { ...plain([network]), pools: [httpPool('web', { protocol: 'https' })] };
  const { members } = await driver.applyBalancer(secured, signal);
  expect(members).toEqual([{ ...member, state: 'up' }]);
  const { TargetGroups = [] } = await (await awsOf(ec2).elb()).describeTargetGroups({});
  expect(TargetGroups.map(({ Protocol }) => Protocol)).toEqual(['HTTPS']);
});
