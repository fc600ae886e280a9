import { describe, expect, it } from 'vitest';
import { ec2Credentials } from './index.ts';

const good = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG',
  region: 'eu-west-1',
};

describe('credentials of Amazon EC2', () => {
  it('are real guests and the images of Amazon and of the account, unless told', () => {
    expect(ec2Credentials.parse(good)).toEqual({
      ...good,
      guests: 'real',
      imageOwners: ['amazon', 'self'],
    });
  });

  it.each(['eu-west-1', 'us-gov-west-1', 'ap-southeast-4', 'cn-north-1'])('may be of %s', (region) => {
    expect(ec2Credentials.safeParse({ ...good, region }).success).toBe(true);
  });

  it.each([
    ['accessKeyId', 'hunter2 hunter2 hunter2'],
    ['secretAccessKey', ''],
    ['region', 'hunter2'],
    ['zone', 'hunter2'],
    ['caCertificate', 'hunter2'],
    ['imageOwners', ['hunter2']],
    ['guests', 'hunter2'],
    ['password', 'hunter2'],
  ])('name a bad %s and do not repeat it', (key, value) => {
    const { error } = ec2Credentials.safeParse({ ...good, [key]: value });
    expect(JSON.stringify(error?.issues)).toContain(key);
    expect(error?.message).not.toContain('hunter2');
  });
});
