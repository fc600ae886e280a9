import { describe, expect, it } from 'vitest';
import { awsClients } from './aws-clients.ts';
import { digestOfAmi } from './images.ts';
import { ec2Error } from './testing/fake-aws.ts';
import { startProxy } from './testing/proxy.ts';
import { TestAccount } from './testing/test-account.ts';

/** Images that are not there, and what Amazon refuses; moto refuses little, so a proxy before it says it. */
const signal = new AbortController().signal;
const account = new TestAccount();

describe('images', () => {
  it('are had by an alias of the parameter store, as long as it stands for what was meant', async () => {
    const ssm = await awsClients(account.ec2.credentials, account.ec2.endpoint).ssm();
    const Name = `/${account.tag}/debian`;
    await ssm.putParameter({ Name, Value: account.ec2.image.location, Type: 'String' });
    const location = `resolve:ssm:${Name}`;
    const image = { location, digest: account.ec2.image.digest };
    const made = await account.driver.createVm(account.vm('alias', { image }), signal);
    expect(made.image).toEqual(image);
    const listed = await account.driver.images.listBootable({ pattern: location }, signal);
    expect(listed).toMatchObject([
      { ...account.ec2.image, operatingSystem: { flavour: 'debian', version: '12' } },
    ]);
    const moved = { location, digest: digestOfAmi('ami-00000000000000000') };
    const work = account.driver.createVm(account.vm('moved', { image: moved }), signal);
    await expect(work).rejects.toMatchObject({ code: 'conflict' });
  });

  it.each([
    ['ami-0123456789abcdef0', 'not-found'],
    ['aws://us-east-1/ami-0123456789abcdef0', 'not-found'],
    ['resolve:ssm:/aws/service/debian/no-such', 'not-found'],
    ['debian', 'invalid-argument'],
  ])('that are %s are %s, and leave nothing', async (location, code) => {
    const image = { location, digest: digestOfAmi(location) };
    await expect(account.driver.createVm(account.vm('none', { image }), signal)).rejects.toMatchObject({
      code,
    });
  });

  it('are too many to be listed without a pattern', async () => {
    for (const filter of [{}, { pattern: '*' }]) {
      const work = account.driver.images.listBootable(filter, signal);
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
    const { name } = await account.network('in');
    const proxy = await startProxy(account.ec2.endpoint, ({ action }) =>
      action === 'RunInstances' ? ec2Error(awsCode) : 'pass',
    );
    try {
      const work = account
        .driverAt(proxy.endpoint)
        .createVm(account.vm('no', { interfaces: [{ network: name }] }), signal);
      await expect(work).rejects.toMatchObject({ code, details: { awsCode } });
    } finally {
      await proxy.stop();
    }
    expect(await account.driver.listVms(account.tag, signal)).toEqual([]);
  });

  it('in mid-operation with an expired token is told, and finished with a new one', async () => {
    const disk = { name: account.diskName('data'), tag: account.tag, sizeGiB: 1 };
    await account.driver.disks.createDisk(disk, signal);
    const spec = account.vm('late', { disks: [{ disk: disk.name, mountPath: '/srv' }] });
    let hasExpired = false;
    const proxy = await startProxy(account.ec2.endpoint, ({ action }) => {
      hasExpired ||= action === 'AttachVolume';
      return hasExpired ? ec2Error('ExpiredToken') : 'pass';
    });
    try {
      const work = account.driverAt(proxy.endpoint).createVm(spec, signal);
      await expect(work).rejects.toMatchObject({ code: 'unauthenticated' });
    } finally {
      await proxy.stop();
    }
    expect(await account.driver.listVms(account.tag, signal)).toMatchObject([{ name: spec.name, disks: [] }]);
    expect((await account.driver.createVm(spec, signal)).disks).toEqual(spec.disks);
  });
});
