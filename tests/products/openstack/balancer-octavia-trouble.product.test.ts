import type { BalancerSpec, PoolSpec } from '@trencadis/availability';
import { type OctaviaCredentials, createOctaviaBalancer } from '@trencadis/balancer-octavia';
import { type RunningOctavia, openLab, startOctavia } from '@trencadis/balancer-octavia/testing';
import { type NetworkName, type Tag, brandId, newUuid } from '@trencadis/ids';
import { createOpenstackVmm } from '@trencadis/vmm-openstack';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';

const signal = new AbortController().signal;
const { endpoint, pid, credentials, readerCredentials, crampedCredentials, providerNetwork } =
  inject('openstack');
const tag: Tag = brandId('Tag', `trouble-${newUuid().slice(0, 8)}`);
const vm = brandId('VmName', 'replica');
let octavia: RunningOctavia;

beforeAll(async () => {
  octavia = await startOctavia({ endpoint, pid });
});
afterAll(() => octavia.stop());

const driverOf = (account: OctaviaCredentials) =>
  createOctaviaBalancer({ endpoint, credentials: account, waits: { pollMs: 250 } });

function pool(name: string, changes: Partial<PoolSpec> = {}): PoolSpec {
  return {
    name,
    protocol: 'http',
    algorithm: 'roundrobin',
    isSticky: true,
    drainMs: 0,
    slowStartMs: 0,
    failsOpen: false,
    check: {
      protocol: 'http',
      method: 'GET',
      path: '/',
      status: 200,
      intervalMs: 2000,
      timeoutMs: 1000,
      fall: 2,
      rise: 2,
    },
    ...changes,
  };
}

function spec(label: string, changes: Partial<BalancerSpec> = {}): BalancerSpec {
  return {
    name: `${tag}-${label}`,
    tag,
    networks: [providerNetwork],
    frontends: [{ name: 'in', port: 80, protocol: 'http', routes: [], defaultPool: 'web' }],
    pools: [pool('web')],
    ...changes,
  };
}

describe('an Octavia that does not let us', () => {
  it('says which role is missing', async () => {
    const making = driverOf(readerCredentials).applyBalancer(spec('reader'), signal);
    await expect(making).rejects.toMatchObject({
      code: 'forbidden',
      message: expect.stringContaining('load-balancer_member') as string,
    });
  });

  it('has no room, and finishes what it began when it has', async () => {
    const driver = driverOf(crampedCredentials);
    const { cloud } = openLab({ endpoint, credentials: crampedCredentials }, octavia);
    const administrator = { username: 'admin', password: 'admin', projectName: 'admin' };
    const { cloud: admin } = openLab({ endpoint, credentials: administrator }, octavia);
    const path = `/quotas/${await cloud.octavia.projectId(signal)}`;
    const limit = (quota: object) => admin.octavia.accepted({ method: 'PUT', path, body: { quota } }, signal);
    const wide = spec('cramped', { pools: [pool('web'), pool('two')] });
    await limit({ pool: 1 });
    await expect(driver.applyBalancer(wide, signal)).rejects.toMatchObject({ code: 'quota-exceeded' });
    const [begun] = await driver.listBalancers(tag, signal);
    expect(begun).toMatchObject({ name: wide.name, status: 'creating' });
    await limit({ pool: 10 });
    const made = await driver.applyBalancer(wide, signal);
    expect(made).toMatchObject({ status: 'active', pools: ['two', 'web'], addresses: begun?.addresses });
    await driver.deleteBalancer(wide.name, signal);
  });

  it('has no such network, and makes nothing', async () => {
    const driver = driverOf(credentials);
    const making = driver.applyBalancer(spec('lost', { networks: ['nowhere'] }), signal);
    await expect(making).rejects.toMatchObject({ code: 'not-found', subject: 'nowhere' });
    expect(await driver.listBalancers(tag, signal)).toEqual([]);
  });
});

describe('a balancer at Octavia', () => {
  it('keeps its members when their protocol changes, and has their check moved to another port', async () => {
    const driver = driverOf(credentials);
    const lab = openLab({ endpoint, credentials }, octavia);
    const asked = spec('moved');
    await driver.applyBalancer(asked, signal);
    const member = { pool: 'web', name: vm, address: '192.168.77.21', port: 8080, weight: 70 };
    await driver.addMember(asked.name, member, signal);
    const place = { balancer: asked.name, pool: 'web', name: vm };
    await driver.drainMember(place, signal);
    expect(await lab.findMember(place)).toMatchObject({ weight: 0, admin_state_up: false });
    const check = { ...pool('web').check, protocol: 'tcp' as const, port: 9000 };
    const passing = spec('moved', {
      frontends: [{ name: 'in', port: 80, protocol: 'tcp', routes: [], defaultPool: 'web' }],
      pools: [pool('web', { protocol: 'tcp', check })],
    });
    const moved = await driver.applyBalancer(passing, signal);
    expect(moved.frontends).toEqual([{ name: 'in', port: 80, protocol: 'tcp' }]);
    expect(moved.members).toMatchObject([{ ...member, state: 'draining' }]);
    await driver.addMember(asked.name, member, signal);
    expect(await lab.findMember(place)).toMatchObject({
      weight: 70,
      admin_state_up: true,
      monitor_port: 9000,
    });
    await driver.deleteBalancer(asked.name, signal);
    expect(await lab.leftovers()).toEqual([]);
  });

  it('is gone when somebody deleted it, and has a public address in a public network', async () => {
    const driver = driverOf(credentials);
    const lab = openLab({ endpoint, credentials }, octavia);
    const vmm = createOpenstackVmm({ endpoint, credentials });
    const network: NetworkName = brandId('NetworkName', `${tag}-net`);
    await vmm.networks.createNetwork({ name: network, tag, kind: 'public' }, signal);
    const asked = spec('public', { networks: [network] });
    const made = await driver.applyBalancer(asked, signal);
    expect(made.addresses).toHaveLength(2);
    expect(made.addresses[0]).toMatch(/^203\.0\.113\./);
    const [there] = await lab.loadBalancers(asked.name);
    await lab.cloud.octavia.accepted(
      { method: 'DELETE', path: `/loadbalancers/${there}`, query: { cascade: 'true' } },
      signal,
    );
    await expect.poll(() => lab.loadBalancers(asked.name), { timeout: 60_000 }).toEqual([]);
    expect(await driver.describeBalancer(asked.name, signal)).toBeUndefined();
    await driver.removeMember({ balancer: asked.name, pool: 'web', name: vm }, signal);
    await driver.deleteBalancer(asked.name, signal);
    await vmm.networks.deleteNetwork(network, signal);
    expect(await lab.leftovers()).toEqual([]);
  });
});
