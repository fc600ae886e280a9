import { afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { createOpenstackVmm } from './index.ts';
import { type Admin, openAdmin } from './testing/admin.ts';
import { TroubleLab, refusal } from './testing/trouble-lab.ts';

const signal = new AbortController().signal;
const { endpoint, credentials, readerCredentials, image } = inject('openstack');
const atThisCloud = { endpoint, credentials, image };
let admin: Admin;

describe('credentials', () => {
  beforeAll(async () => {
    admin = await openAdmin(endpoint);
  });
  afterEach(() => admin.expectNothingLeft());

  it('that are wrong are told, and their secret is not', async () => {
    const wrong = new TroubleLab(atThisCloud).anotherDriver({ password: 'not-the-password' });
    const error = await refusal(wrong.quota(signal));
    expect(error).toMatchObject({
      code: 'unauthenticated',
      message: expect.stringContaining('Correct or renew'),
    });
    expect(JSON.stringify([error.message, error.details])).not.toContain('not-the-password');
    expect(await wrong.checkRights(signal)).toMatchObject([{ right: 'log in', holds: false }]);
  });

  it('of a project that is not theirs are told', async () => {
    const astray = new TroubleLab(atThisCloud).anotherDriver({ projectName: 'cramped' });
    expect((await refusal(astray.quota(signal))).code).toBe('unauthenticated');
  });

  it('go on when their token is revoked in the midst of it', async () => {
    const lab = new TroubleLab(atThisCloud);
    const disk = await lab.createDisk(1);
    await admin.revokeTokens(credentials);
    expect(await lab.driver.disks.listDisks(lab.tag, signal)).toEqual([disk]);
    await admin.revokeTokens(credentials);
    await lab.sweep();
  });

  it('that are a token end with it', async () => {
    const lab = new TroubleLab(atThisCloud);
    const { id: token } = await lab.cloud.session.token(signal);
    const brief = () => createOpenstackVmm({ endpoint, credentials: { token, guests: 'simulated' } });
    expect((await brief().quota(signal)).vms?.limit).toBeGreaterThan(0);
    await admin.revokeTokens(credentials);
    expect((await refusal(brief().quota(signal))).code).toBe('unauthenticated');
  });

  it('may be an application credential, by id or by name', async () => {
    const made = await admin.applicationCredential('deployer', credentials, 'for-tests');
    const secret = { applicationCredentialSecret: made.secret };
    const byId = createOpenstackVmm({
      endpoint,
      credentials: { applicationCredentialId: made.id, ...secret },
    });
    const named = { applicationCredentialName: 'for-tests', username: 'deployer', ...secret };
    const byName = createOpenstackVmm({ endpoint, credentials: named });
    expect(await byId.quota(signal)).toEqual(await byName.quota(signal));
    await made.remove();
    const later = createOpenstackVmm({ endpoint, credentials: named });
    expect((await refusal(later.quota(signal))).code).toBe('unauthenticated');
  });

  it('that only read hold those rights and no others, and make nothing', async () => {
    const lab = new TroubleLab({ endpoint, credentials: readerCredentials, image });
    const checks = await lab.driver.checkRights(signal);
    const rights = (holds: boolean) =>
      checks.filter((each) => each.holds === holds).map(({ right }) => right);
    const lists = ['machines', 'machine types', 'networks', 'images', 'disks'].map((what) => `list ${what}`);
    expect(rights(true)).toEqual(['log in', ...lists]);
    expect(rights(false)).toEqual([
      'create machines',
      'create networks',
      'open ports',
      'use floating addresses',
      'create disks',
      'create images',
    ]);
    expect(checks.every(({ holds, because }) => holds || /roles: reader/.test(because))).toBe(true);
    expect((await refusal(lab.createNetwork('private'))).code).toBe('forbidden');
  });
});
