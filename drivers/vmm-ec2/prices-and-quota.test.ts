import { brandId } from '@trencadis/ids';
import { afterEach, describe, expect, it } from 'vitest';
import { createEc2Vmm, ec2Credentials } from './index.ts';
import { priceOfProduct } from './prices.ts';
import { countsAsStandard } from './quota.ts';
import { type AwsHandler, type FakeAws, ec2Answer, jsonAnswer, startFakeAws } from './testing/fake-aws.ts';

/**
 * moto knows neither the price list nor the quotas of EC2, and one price for all spot: these answers are made up, in the
 * shapes that Amazon's documentation shows.
 */
const signal = new AbortController().signal;
const credentials = ec2Credentials.parse({
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'secret',
  region: 'eu-west-1',
});

const product = (instanceType: string, usd: string, unit = 'Hrs') =>
  JSON.stringify({
    product: { attributes: { instanceType, regionCode: 'eu-west-1', operatingSystem: 'Linux' } },
    terms: {
      OnDemand: {
        'SKU.JRTCKXETXF': {
          priceDimensions: { 'SKU.JRTCKXETXF.6YS6EN2CT7': { unit, pricePerUnit: { USD: usd } } },
        },
      },
    },
  });

const type = (name: string, cpus: number, memory: number, architecture = 'x86_64') =>
  `<item><instanceType>${name}</instanceType><currentGeneration>true</currentGeneration>
   <processorInfo><supportedArchitectures><item>${architecture}</item></supportedArchitectures></processorInfo>
   <vCpuInfo><defaultVCpus>${cpus}</defaultVCpus></vCpuInfo><memoryInfo><sizeInMiB>${memory}</sizeInMiB></memoryInfo>
   ${name.startsWith('g') ? '<gpuInfo><gpus><item><count>2</count></item></gpus></gpuInfo>' : ''}</item>`;
const types = ec2Answer(
  'DescribeInstanceTypes',
  `<instanceTypeSet>${type('t3.micro', 2, 1024)}${type('g5.xlarge', 4, 16384)}${type('t4g.micro', 2, 1024, 'arm64')}</instanceTypeSet>`,
);
const offering = (name: string, zone: string) =>
  `<item><instanceType>${name}</instanceType><locationType>availability-zone</locationType><location>${zone}</location></item>`;
const offerings = ec2Answer(
  'DescribeInstanceTypeOfferings',
  `<instanceTypeOfferingSet>${offering('t3.micro', 'eu-west-1b')}${offering('t3.micro', 'eu-west-1a')}</instanceTypeOfferingSet>`,
);
const spot = (name: string, zone: string, price: string) =>
  `<item><instanceType>${name}</instanceType><productDescription>Linux/UNIX</productDescription><spotPrice>${price}</spotPrice><availabilityZone>${zone}</availabilityZone></item>`;
const spotPrices = ec2Answer(
  'DescribeSpotPriceHistory',
  `<spotPriceHistorySet>${spot('t3.micro', 'eu-west-1a', '0.004')}${spot('t3.micro', 'eu-west-1b', '0.0031')}</spotPriceHistorySet>`,
);
const instance = (name: string, lifecycle = '') =>
  `<item><instancesSet><item><instanceId>i-0</instanceId><instanceType>${name}</instanceType>${lifecycle}<instanceState><code>16</code><name>running</name></instanceState></item></instancesSet></item>`;
const instances = ec2Answer(
  'DescribeInstances',
  `<reservationSet>${instance('t3.micro')}${instance('t3.micro')}${instance('t3.micro', '<instanceLifecycle>spot</instanceLifecycle>')}${instance('g5.xlarge')}</reservationSet>`,
);
const volumes = ec2Answer(
  'DescribeVolumes',
  '<volumeSet><item><volumeId>vol-0</volumeId><size>8</size></item><item><volumeId>vol-1</volumeId><size>100</size></item></volumeSet>',
);

const allowed: AwsHandler = ({ action, body }) => {
  if (action === 'GetProducts' && !body.includes('NextToken'))
    return jsonAnswer({ PriceList: [product('t3.micro', '0.0114')], NextToken: 'page-2' });
  if (action === 'GetProducts')
    return jsonAnswer({ PriceList: [product('g5.xlarge', '1.1230000000'), 'no JSON'] });
  if (action === 'GetServiceQuota')
    return jsonAnswer({ Quota: { Value: body.includes('L-1216C47A') ? 32 : 50 } });
  const known: Readonly<Record<string, typeof types>> = {
    DescribeInstanceTypes: types,
    DescribeInstanceTypeOfferings: offerings,
    DescribeSpotPriceHistory: spotPrices,
    DescribeInstances: instances,
    DescribeVolumes: volumes,
  };
  return known[action];
};
const refusing: AwsHandler = (request) =>
  request.action.startsWith('Get')
    ? jsonAnswer({ __type: 'AccessDeniedException', message: 'not yours' }, 400)
    : allowed(request);

let fake: FakeAws | undefined;
afterEach(() => fake?.stop());
async function driverAt(handle: AwsHandler) {
  fake = await startFakeAws(handle);
  return createEc2Vmm({ credentials, endpoint: fake.endpoint });
}
const asked = (action: string) => fake?.requests.filter((request) => request.action === action).length;

describe('instance types', () => {
  it('have zones and prices, and are asked once', async () => {
    const driver = await driverAt(allowed);
    const listed = await driver.listInstanceTypes(signal);
    expect(listed).toEqual([
      {
        name: 'g5.xlarge',
        cpuCount: 4,
        memoryMiB: 16_384,
        architecture: 'x86_64',
        gpuCount: 2,
        price: { currency: 'USD', perHour: 1.123 },
      },
      {
        name: 't3.micro',
        cpuCount: 2,
        memoryMiB: 1024,
        architecture: 'x86_64',
        zones: ['eu-west-1a', 'eu-west-1b'],
        price: { currency: 'USD', perHour: 0.0114, spotPerHour: 0.0031 },
      },
      { name: 't4g.micro', cpuCount: 2, memoryMiB: 1024, architecture: 'arm64' },
    ]);
    expect(await driver.listInstanceTypes(signal)).toEqual(listed);
    expect([asked('DescribeInstanceTypes'), asked('GetProducts')]).toEqual([1, 2]);
  });

  it('are told without a price where the account may not see the list', async () => {
    const driver = await driverAt(refusing);
    const [, micro] = await driver.listInstanceTypes(signal);
    expect(micro?.price).toEqual({ currency: 'USD', spotPerHour: 0.0031 });
    await driver.listInstanceTypes(signal);
    expect(asked('GetProducts')).toBe(1);
  });
});

describe('the quota', () => {
  it('counts what runs on demand, and the volumes', async () => {
    const driver = await driverAt(allowed);
    expect(await driver.quota(signal)).toEqual({
      cpuCount: { used: 4, limit: 32 },
      diskGiB: { used: 108, limit: 51_200 },
    });
  });

  it('is not known where the account may not see it', async () => {
    const driver = await driverAt(refusing);
    expect(await driver.quota(signal)).toEqual({});
  });

  it.each([
    ['t3.micro', true],
    ['m7i-flex.large', true],
    ['im4gn.large', true],
    ['g5.xlarge', false],
    ['p5.48xlarge', false],
    ['inf2.xlarge', false],
    ['mac2.metal', false],
    ['u-6tb1.112xlarge', false],
    ['x2idn.16xlarge', false],
  ])('of standard instances holds %s: %s', (name, expected) => {
    expect(countsAsStandard({ InstanceType: name as 't3.micro' })).toBe(expected);
    expect(countsAsStandard({ InstanceType: name as 't3.micro', InstanceLifecycle: 'spot' })).toBe(false);
  });
});

describe('a product of the price list', () => {
  it('has a price by the hour, or none', () => {
    expect(priceOfProduct(product('t3.micro', '0.0114'))).toEqual({ name: 't3.micro', perHour: 0.0114 });
    expect(priceOfProduct(product('t3.micro', '0.0000000000'))).toBeUndefined();
    expect(priceOfProduct(product('t3.micro', '12', 'Quantity'))).toBeUndefined();
    for (const text of ['', '{}', '[]', 'null', '{"terms":{"OnDemand":{"x":null}}}'])
      expect(priceOfProduct(text)).toBeUndefined();
  });
});

describe('an instance type that does not fit', () => {
  it.each([
    [{ instanceType: 't3.micro', cpuCount: 1, memoryMiB: 1024 }, /has 2 and 1024/],
    [{ instanceType: 't9.micro', cpuCount: 2, memoryMiB: 1024 }, /no instance type t9.micro in eu-west-1/],
    [{ cpuCount: 2, memoryMiB: 1024 }, /has no instance type/],
  ])('is refused before anything is made: %o', async (size, message) => {
    const none = ec2Answer('DescribeInstances', '<reservationSet/>');
    const driver = await driverAt((request) => {
      if (request.action === 'DescribeInstances') return none;
      // Amazon filters; this service does not.
      if (request.parameters['Filter.1.Value.1'] === 't9.micro')
        return ec2Answer('DescribeInstanceTypes', '<instanceTypeSet/>');
      return allowed(request);
    });
    const spec = {
      name: brandId('VmName', 'vm'),
      tag: brandId('Tag', 'inf-test'),
      hostName: 'vm',
      image: { location: 'ami-0', digest: brandId('Sha256', 'a'.repeat(64)) },
      interfaces: [],
      disks: [],
      login: { user: 'admin', authorizedKey: 'ssh-ed25519 AAAA' },
      ...size,
    };
    await expect(driver.createVm(spec, signal)).rejects.toMatchObject({
      code: 'invalid-argument',
      message: expect.stringMatching(message),
    });
    expect(asked('RunInstances')).toBe(0);
  });
});
