import { afterEach, describe, expect, it } from 'vitest';
import { createOpenNebulaVmm, openNebulaCredentials } from './index.ts';
import { type Place, failureOf, signal, startPlace, timing } from './testing/site.ts';

let place: Place;

afterEach(() => place.leave());

describe('credentials of an OpenNebula', () => {
  it('that are wrong are told, without repeating them', async () => {
    place = await startPlace();
    const credentials = openNebulaCredentials.parse({ username: 'trencadis', password: 'Sekret' });
    const driver = place.other({ credentials });
    for (const work of [
      driver.listVms(place.vm('a').tag, signal),
      driver.checkRights(signal),
      driver.createVm(place.vm('a'), signal),
    ]) {
      const { code, message } = await failureOf(work);
      expect(code).toBe('unauthenticated');
      expect(message).toMatch(/correct the credentials/);
      expect(message).not.toContain('Sekret');
    }
  });

  it('may be a token, which may end in the middle of an operation', async () => {
    place = await startPlace();
    const [, user] = place.one.oned.world.users;
    user!.token = { text: 'f00', isExpired: false };
    const credentials = openNebulaCredentials.parse({
      username: 'trencadis',
      token: 'f00',
      guests: 'simulated',
    });
    const driver = place.other({ credentials });
    const spec = place.vm('a');
    await driver.createVm(spec, signal);
    await place.running(spec);
    const stopping = failureOf(driver.stopVm(spec.name, signal));
    user!.token.isExpired = true;
    expect((await stopping).code).toBe('unauthenticated');
    await place.driver.deleteVm(spec.name, signal);
  });

  it('without rights are told which are missing', async () => {
    place = await startPlace();
    const credentials = openNebulaCredentials.parse({
      username: 'guest',
      password: 'guest-secret',
      publicNetwork: 'absent',
    });
    const checks = await place.other({ credentials }).checkRights(signal);
    expect(checks.filter(({ holds }) => !holds).map(({ right }) => right)).toEqual([
      'create virtual machines',
      'create images',
      'create security groups',
      'create virtual networks',
      'use the public network',
    ]);
    for (const { holds, because } of checks) expect(because.length > 20).toBe(!holds);
    expect((await failureOf(place.other({ credentials }).createVm(place.vm('a'), signal))).code).toBe(
      'forbidden',
    );
  });

  it('whose quota is used up get no more', async () => {
    place = await startPlace();
    const [, user] = place.one.oned.world.users;
    user!.limits.VMS = 1;
    const [first, second] = [place.vm('a'), place.vm('b')];
    await place.driver.createVm(first, signal);
    expect(await place.driver.quota(signal)).toMatchObject({ vms: { used: 1, limit: 1 } });
    const { code, message } = await failureOf(place.driver.createVm(second, signal));
    expect(code).toBe('quota-exceeded');
    expect(message).toContain('limit of 1 reached for VMS quota');
    const checks = await place.driver.checkRights(signal);
    expect(checks.filter(({ holds }) => !holds)).toEqual([]);
    await place.driver.deleteVm(first.name, signal);
    user!.limits.SIZE = 1024;
    expect((await failureOf(place.driver.disks.createDisk(place.disk('big'), signal))).code).toBe(
      'quota-exceeded',
    );
  });
});

describe('an address of an OpenNebula', () => {
  it('where nobody listens, or something else does', async () => {
    place = await startPlace();
    const { credentials, endpoint } = place.one;
    const at = (text: string) =>
      createOpenNebulaVmm({ endpoint: text, credentials, timing }).listVms(place.vm('a').tag, signal);
    expect((await failureOf(at('127.0.0.1:9'))).code).toBe('unavailable');
    expect((await failureOf(at(endpoint.replace('/RPC2', '/elsewhere')))).code).toBe('invalid-argument');
  });

  it.each([
    ['an error', { kind: 'status', status: 500 }],
    ['that it is busy', { kind: 'status', status: 503 }],
    ['that it is asked too often', { kind: 'status', status: 429 }],
    ['that it will be busy for long', { kind: 'status', status: 503, retryAfter: '3600' }],
    ['nothing', { kind: 'nothing' }],
    ['a page', { kind: 'garbage', body: '<html><body>It works!</body></html>' }],
    ['no XML', { kind: 'garbage', body: 'Internal Server Error' }],
    ['a document type', { kind: 'garbage', body: '<!DOCTYPE a [<!ENTITY b "b">]><a>&b;</a>' }],
    [
      'an array without meaning',
      {
        kind: 'garbage',
        body: '<methodResponse><params><param><value><array><data/></array></value></param></params></methodResponse>',
      },
    ],
    [
      'another document',
      {
        kind: 'garbage',
        body: '<methodResponse><params><param><value><array><data><value><boolean>1</boolean></value><value>&lt;HOST_POOL/&gt;</value><value><int>0</int></value></data></array></value></param></params></methodResponse>',
      },
    ],
  ] as const)('that answers %s may be better later', async (_what, mischief) => {
    place = await startPlace();
    place.one.oned.spoil(mischief);
    const { code, message } = await failureOf(place.driver.listVms(place.vm('a').tag, signal));
    expect(code).toBe('unavailable');
    expect(message).toContain(new URL(place.one.endpoint).host);
    expect(await place.driver.listVms(place.vm('a').tag, signal)).toEqual([]);
  });

  it('that says when to come again is asked again then', async () => {
    place = await startPlace();
    for (const status of [429, 503]) place.one.oned.spoil({ kind: 'status', status, retryAfter: '0' });
    expect(await place.driver.listVms(place.vm('a').tag, signal)).toEqual([]);
    expect(place.one.oned.calls).toHaveLength(3);
  });

  it('that says so is left at once by an abort', async () => {
    place = await startPlace();
    place.one.oned.spoil({ kind: 'status', status: 503, retryAfter: '15' });
    const abort = new AbortController();
    const listing = place.driver.listVms(place.vm('a').tag, abort.signal);
    setTimeout(() => abort.abort(new Error('called off')), 30);
    await expect(listing).rejects.toThrow('called off');
  });

  it('that never answers is given up', async () => {
    place = await startPlace({ latencyMs: 400 });
    const { code } = await failureOf(place.other({ callTimeoutMs: 50 }).listVms(place.vm('a').tag, signal));
    expect(code).toBe('unavailable');
  });
});

describe('what is asked of an OpenNebula', () => {
  it('and does not exist there', async () => {
    place = await startPlace();
    const image = (location: string) => place.vm('a', { image: { ...place.one.image, location } });
    for (const location of ['99', 'no-such-image', 'one://host/99', 'template:99', 'template:none']) {
      expect((await failureOf(place.driver.createVm(image(location), signal))).code).toBe('not-found');
    }
    const lent = place.network('in', { kind: 'public', providerNetwork: 'absent' });
    expect((await failureOf(place.driver.networks.createNetwork(lent, signal))).code).toBe('not-found');
    const misled = place.other({
      credentials: {
        ...place.one.credentials,
        publicNetwork: 'absent',
        imageDatastore: 'absent',
        networkTemplate: 'absent',
      },
    });
    expect(
      (await failureOf(misled.networks.createNetwork(place.network('out', { kind: 'public' }), signal)))
        .message,
    ).toContain('publicNetwork');
    expect((await failureOf(misled.networks.createNetwork(place.network('in'), signal))).message).toContain(
      'networkTemplate',
    );
    expect((await failureOf(misled.disks.createDisk(place.disk('d'), signal))).message).toContain(
      'imageDatastore',
    );
  });

  it('and cannot be', async () => {
    place = await startPlace();
    const wrong = (changes: Partial<ReturnType<Place['vm']>>) =>
      failureOf(place.driver.createVm(place.vm('a', changes), signal));
    expect((await wrong({ cpuCount: 0.5 })).code).toBe('invalid-argument');
    expect((await wrong({ memoryMiB: 0 })).code).toBe('invalid-argument');
    expect((await wrong({ hostName: 'a b' })).code).toBe('invalid-argument');
    expect((await wrong({ login: { user: 'a;b', authorizedKey: 'k' } })).code).toBe('invalid-argument');
    expect((await wrong({ login: { user: 'a', authorizedKey: 'two\nlines' } })).code).toBe(
      'invalid-argument',
    );
    expect((await wrong({ image: { ...place.one.image, location: 'a\\' } })).code).toBe('not-found');
    expect(
      (
        await failureOf(
          place.driver.networks.createNetwork(place.network('n', { subnet: '10.0.0.1/24' }), signal),
        )
      ).code,
    ).toBe('invalid-argument');
    expect(
      (
        await failureOf(
          place.driver.networks.createNetwork(place.network('n', { subnet: '192.0.2.0/24' }), signal),
        )
      ).code,
    ).toBe('conflict');
    expect(
      (await failureOf(place.driver.disks.createDisk({ ...place.disk('d'), sizeGiB: 0 }, signal))).code,
    ).toBe('invalid-argument');
    expect(
      (await failureOf(place.driver.disks.createDisk({ ...place.disk('d'), sizeGiB: 100_000 }, signal))).code,
    ).toBe('quota-exceeded');
  });

  it('and fails to boot is told as failed, with what OpenNebula says, and deleted', async () => {
    place = await startPlace();
    const spec = place.vm('a', { image: { ...place.one.image, location: 'broken' } });
    await place.driver.createVm(spec, signal);
    const { message } = await failureOf(place.running(spec)).catch((error: unknown) => error as Error);
    expect(message).toContain('failed');
    const vm = await place.driver.describeVm(spec.name, signal);
    expect(vm).toMatchObject({
      status: 'failed',
      failure: 'PROLOG_FAILURE: Error executing image transfer script',
    });
    for (const work of [place.driver.startVm(spec.name, signal), place.driver.rebootVm(spec.name, signal)]) {
      expect(await failureOf(work)).toMatchObject({
        code: 'conflict',
        message: expect.stringContaining('PROLOG_FAILURE'),
      });
    }
    await place.driver.deleteVm(spec.name, signal);
  });

  it('and has a name that something else has there', async () => {
    place = await startPlace();
    const { world } = place.one.oned;
    const foreign = place.vm('vm');
    await place.driver.createVm(foreign, signal);
    for (const vm of world.vms.values()) vm.notes = [];
    expect((await failureOf(place.driver.createVm(foreign, signal))).code).toBe('conflict');
    expect(await place.driver.describeVm(foreign.name, signal)).toBeUndefined();
    await place.driver.deleteVm(foreign.name, signal);
    expect([...world.vms.values()].map(({ name }) => name)).toEqual([foreign.name]);
    world.vms.clear();

    const [disk, network] = [place.disk('disk'), place.network('net')];
    await place.driver.disks.createDisk(disk, signal);
    await place.driver.networks.createNetwork(network, signal);
    for (const thing of [...world.images.values(), ...world.vnets.values()].filter(({ uid }) => uid !== 0))
      thing.attributes = [];
    expect((await failureOf(place.driver.disks.createDisk(disk, signal))).code).toBe('conflict');
    expect((await failureOf(place.driver.networks.createNetwork(network, signal))).code).toBe('conflict');
    await place.driver.disks.deleteDisk(disk.name, signal);
    await place.driver.networks.deleteNetwork(network.name, signal);
    for (const things of [world.images, world.vnets]) {
      const left = [...things.values()].filter(({ uid }) => uid !== 0);
      expect(left).toHaveLength(1);
      for (const { id } of left) things.delete(id);
    }
  });

  it('before its datastore was looked at is asked again', async () => {
    place = await startPlace();
    Object.assign(place.one.oned.world.datastore, { freeMb: 0, totalMb: 0 });
    expect((await failureOf(place.driver.disks.createDisk(place.disk('early'), signal))).code).toBe(
      'unavailable',
    );
    Object.assign(place.one.oned.world.datastore, { freeMb: 9000, totalMb: 9000 });
    expect(await place.driver.disks.createDisk(place.disk('early'), signal)).toEqual(place.disk('early'));
    await place.driver.disks.deleteDisk(place.disk('early').name, signal);
  });
});
