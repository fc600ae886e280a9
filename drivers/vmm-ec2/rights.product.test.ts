import { brandId } from '@trencadis/ids';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Ec2Credentials, createEc2Vmm, ec2Credentials } from './index.ts';
import { enforceRights, makeUser } from './testing/iam.ts';
import { type TestEc2, startEc2 } from './testing/index.ts';

/**
 * moto checks signatures and the policies of users once it is told to. It knows neither session policies nor
 * boundaries, tells no encoded reason, and refuses in XML where the service speaks JSON (SSM).
 */
const signal = new AbortController().signal;
const tag = brandId('Tag', 'inf-rights');
const network = { name: brandId('NetworkName', 'rights-net'), tag, kind: 'private' } as const;
let ec2: TestEc2;
let reader: Ec2Credentials;
let owner: Ec2Credentials;
beforeAll(async () => {
  ec2 = await startEc2();
  reader = await makeUser(ec2.endpoint, 'reader', ['ec2:Describe*']);
  owner = await makeUser(ec2.endpoint, 'owner', ['ec2:*', 'ssm:GetParameter']);
  await enforceRights(ec2.endpoint);
});
afterAll(() => ec2.stop());

const driverOf = (credentials: Ec2Credentials) =>
  createEc2Vmm({ credentials, endpoint: ec2.endpoint, pollEveryMs: 5 });

it('are told one by one: which hold, which do not, and what to do', async () => {
  const checks = await driverOf(reader).checkRights(signal);
  const [held, missing] = [true, false].map((state) => checks.filter(({ holds }) => holds === state));
  expect(held?.map(({ right }) => right)).toContain('list machines (ec2:DescribeInstances)');
  expect(held?.every(({ right }) => right.includes('ec2:Describe'))).toBe(true);
  expect(missing?.map(({ right }) => right)).toContain('make machines (ec2:RunInstances)');
  expect(missing?.map(({ right }) => right)).toContain('resolve image aliases (ssm:GetParameter)');
  for (const { because } of missing ?? []) expect(because).toMatch(/that right|for the right/);
});

it('that a user lacks are forbidden, and nothing is left of what was tried', async () => {
  const driver = driverOf(reader);
  await expect(driver.networks.createNetwork(network, signal)).rejects.toMatchObject({ code: 'forbidden' });
  expect(await driver.networks.listNetworks(tag, signal)).toEqual([]);
});

it('that a user has all hold', async () => {
  const driver = driverOf(owner);
  const checks = await driver.checkRights(signal);
  expect(checks.filter(({ holds }) => !holds)).toEqual([]);
  const made = await driver.networks.createNetwork(network, signal);
  expect(await driver.networks.listNetworks(tag, signal)).toEqual([made]);
  await driver.networks.deleteNetwork(network.name, signal);
});

it.each([
  ['an access key that is unknown', { accessKeyId: 'AKIAIOSFODNN7UNKNOWN' }],
  ['a secret that is wrong', { secretAccessKey: 'this-is-a-secret-of-nobody' }],
])('are none with %s: each call and each right says so', async (_, change) => {
  const driver = driverOf(ec2Credentials.parse({ ...owner, ...change }));
  const error: unknown = await driver.listVms(tag, signal).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'unauthenticated' });
  expect(JSON.stringify(error)).not.toContain('this-is-a-secret-of-nobody');
  const checks = await driver.checkRights(signal);
  expect(checks.filter(({ holds }) => holds)).toEqual([]);
});
