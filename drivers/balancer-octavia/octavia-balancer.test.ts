import type { BalancerSpec, MemberSpec } from '@trencadis/availability';
import { systemClock } from '@trencadis/clock';
import { isPlatformError } from '@trencadis/errors';
import { brandId } from '@trencadis/ids';
import {
  type Script,
  type ScriptedAnswer,
  type ScriptedRequest,
  startScriptedCloud,
} from '@trencadis/openstack-client/testing';
import { describe, expect, it } from 'vitest';
import { createOctaviaBalancer, hasKeyManager } from './index.ts';
import {
  listenerAnswer,
  loadBalancerAnswer,
  memberAnswer,
  monitorAnswer,
  poolAnswer,
} from './testing/octavia-answers.ts';

const signal = new AbortController().signal;
const tag = brandId('Tag', 'inf-a');
const vm = brandId('VmName', 'vm-1');
const secret = 'hunter-2-and-more';
const credentials = { username: 'u', password: secret, projectName: 'p' };
const member: MemberSpec = { pool: 'web', name: vm, address: '192.0.2.21', port: 8080, weight: 100 };
const spec: BalancerSpec = {
  name: 'web',
  tag,
  networks: ['front'],
  frontends: [{ name: 'in', port: 80, protocol: 'http', routes: [], defaultPool: 'web' }],
  pools: [
    {
      name: 'web',
      protocol: 'http',
      algorithm: 'roundrobin',
      isSticky: false,
      drainMs: 0,
      slowStartMs: 0,
      failsOpen: false,
      check: {
        protocol: 'http',
        method: 'GET',
        path: '/health',
        status: 200,
        intervalMs: 2000,
        timeoutMs: 1000,
        fall: 2,
        rise: 2,
      },
    },
  ],
};
const octavia = '/load-balancer/v2/lbaas';
const network = '/network/v2.0';

/** A cloud that has one balancer with one of each, all as asked for above. */
function whole(changes: Readonly<Record<string, ScriptedAnswer>> = {}): Script {
  const answers: Readonly<Record<string, ScriptedAnswer>> = {
    [`GET ${network}/security-groups`]: { body: { security_groups: [] } },
    [`GET ${network}/networks`]: { body: { networks: [{ id: 'net-1', name: 'front' }] } },
    [`GET ${network}/floatingips`]: { body: { floatingips: [] } },
    [`GET ${octavia}/loadbalancers`]: { body: { loadbalancers: [loadBalancerAnswer()] } },
    [`GET ${octavia}/loadbalancers/lb-1`]: { body: { loadbalancer: loadBalancerAnswer() } },
    [`GET ${octavia}/listeners`]: { body: { listeners: [listenerAnswer()] } },
    [`GET ${octavia}/pools`]: { body: { pools: [poolAnswer()] } },
    [`GET ${octavia}/healthmonitors`]: { body: { healthmonitors: [monitorAnswer()] } },
    [`GET ${octavia}/l7policies`]: { body: { l7policies: [] } },
    [`GET ${octavia}/pools/pool-1/members`]: { body: { members: [memberAnswer()] } },
    ...changes,
  };
  return ({ what }) => answers[what] ?? { status: 500, body: { faultstring: `nobody expects ${what}` } };
}

async function opened(script: Script, more: { changeMs?: number; services?: readonly string[] } = {}) {
  const { changeMs = 1000, services = ['load-balancer', 'network'] } = more;
  const cloud = await startScriptedCloud(script, { services });
  const waits = { pollMs: 5, createMs: changeMs, changeMs };
  const options = { endpoint: cloud.endpoint, credentials, clock: systemClock, timeoutMs: 1000, waits };
  return {
    cloud,
    options,
    driver: createOctaviaBalancer(options),
    [Symbol.asyncDispose]: () => cloud[Symbol.asyncDispose](),
  };
}

async function refusal(work: Promise<unknown>) {
  const error = await work.then(
    (value) => new Error(`succeeded: ${JSON.stringify(value)}`),
    (thrown: unknown) => thrown,
  );
  if (!isPlatformError(error)) throw error;
  expect(JSON.stringify([error.message, error.details])).not.toContain(secret);
  return error;
}

const changing = (asked: readonly string[]) => asked.filter((each) => !each.startsWith('GET '));

describe('a balancer that is there as asked for', () => {
  it('is told, and nothing is changed', async () => {
    await using site = await opened(whole());
    const told = await site.driver.applyBalancer(spec, signal);
    expect(told).toEqual({
      name: 'web',
      tag,
      addresses: ['192.0.2.10'],
      status: 'active',
      frontends: [{ name: 'in', port: 80, protocol: 'http' }],
      pools: ['web'],
      members: [{ ...member, state: 'up' }],
    });
    expect(changing(site.cloud.asked)).toEqual([]);
    expect(await site.driver.listBalancers(tag, signal)).toEqual([told]);
  });

  it('is reached at its public address first', async () => {
    const floatingips = [{ id: 'f', floating_ip_address: '203.0.113.5', port_id: 'port-1' }];
    await using site = await opened(whole({ [`GET ${network}/floatingips`]: { body: { floatingips } } }));
    const told = await site.driver.describeBalancer('web', signal);
    expect(told?.addresses).toEqual(['203.0.113.5', '192.0.2.10']);
  });

  it.each([
    ['ONLINE', {}, 'up'],
    ['OFFLINE', {}, 'checking'],
    ['ERROR', {}, 'down'],
    ['NO_MONITOR', {}, 'unknown'],
    ['RESTARTING', {}, 'unknown'],
    ['DRAINING', { weight: 0 }, 'draining'],
    ['ONLINE', { weight: 0, tags: [...memberAnswer().tags, 'draining=yes'] }, 'draining'],
  ])('has a member that is %s with %j, which is %s', async (status, changes, state) => {
    const members = [memberAnswer({ operating_status: status, ...changes })];
    const answers = { [`GET ${octavia}/pools/pool-1/members`]: { body: { members } } };
    await using site = await opened(whole(answers));
    const told = await site.driver.describeBalancer('web', signal);
    expect(told?.members).toMatchObject([{ state, weight: 100 }]);
    expect(told?.members[0]?.because === undefined).toBe(state === 'up' || state === 'draining');
  });

  it.each([
    [
      'the balancer',
      {
        [`GET ${octavia}/loadbalancers`]: {
          body: { loadbalancers: [loadBalancerAnswer({ provisioning_status: 'ERROR' })] },
        },
      },
    ],
    [
      'a pool',
      { [`GET ${octavia}/pools`]: { body: { pools: [poolAnswer({ provisioning_status: 'ERROR' })] } } },
    ],
  ])('has failed where Octavia gave %s up', async (_, answers) => {
    await using site = await opened(whole(answers));
    expect(await site.driver.describeBalancer('web', signal)).toMatchObject({
      status: 'failed',
      failure: expect.stringContaining('ERROR') as string,
    });
  });
});

describe('a change', () => {
  it('waits for what goes on, and asks again where another one was quicker', async () => {
    const refused = {
      status: 409,
      body: { faultstring: 'Load Balancer lb-1 is immutable and cannot be updated.' },
    };
    const states = ['PENDING_UPDATE', 'ACTIVE', 'ACTIVE', 'PENDING_UPDATE', 'ACTIVE'];
    const answers = [refused, { body: {} }];
    const script = ({ what, ...rest }: ScriptedRequest) => {
      if (what.endsWith('/lb-1'))
        return {
          body: { loadbalancer: loadBalancerAnswer({ provisioning_status: states.shift() ?? 'ACTIVE' }) },
        };
      return what.startsWith('PUT') ? answers.shift() : whole()({ what, ...rest });
    };
    await using site = await opened(script);
    await site.driver.drainMember({ balancer: 'web', pool: 'web', name: vm }, signal);
    const put = `PUT ${octavia}/pools/pool-1/members/member-1`;
    expect(changing(site.cloud.asked)).toEqual([put, put]);
  });

  it('is unavailable where that never ends', async () => {
    const loadbalancer = loadBalancerAnswer({ provisioning_status: 'PENDING_UPDATE' });
    const answers = { [`GET ${octavia}/loadbalancers/lb-1`]: { body: { loadbalancer } } };
    await using site = await opened(whole(answers), { changeMs: 30 });
    const error = await refusal(site.driver.addMember('web', { ...member, weight: 1 }, signal));
    expect(error).toMatchObject({ code: 'unavailable', message: expect.stringContaining('PENDING_UPDATE') });
    expect(changing(site.cloud.asked)).toEqual([]);
  });

  it('joins at another address before the old one goes', async () => {
    const path = `${octavia}/pools/pool-1/members`;
    const answers = { [`POST ${path}`]: { status: 201 }, [`DELETE ${path}/member-1`]: { status: 204 } };
    await using site = await opened(whole(answers));
    await site.driver.addMember('web', { ...member, address: '192.0.2.99' }, signal);
    expect(changing(site.cloud.asked)).toEqual([`POST ${path}`, `DELETE ${path}/member-1`]);
  });

  it('does not take an address that another member holds', async () => {
    await using site = await opened(whole());
    const other = { ...member, name: brandId('VmName', 'vm-2') };
    expect(await refusal(site.driver.addMember('web', other, signal))).toMatchObject({ code: 'conflict' });
  });
});

describe('what cannot be made', () => {
  const none = { [`GET ${octavia}/loadbalancers`]: { body: { loadbalancers: [] } } };
  const making = `POST ${octavia}/loadbalancers`;

  it.each([
    [403, 'Quota has been met for resources: Load Balancer', 'quota-exceeded'],
    [403, 'Policy does not allow this request to be performed.', 'forbidden'],
    [400, 'Subnet(s) in the supplied network do not contain enough available IPs.', 'quota-exceeded'],
    [400, 'Invalid input for field/attribute vip_network_id.', 'invalid-argument'],
    [501, "Provider 'ovn' does not support a requested option", 'unsupported'],
    [500, "Provider 'amphora' reports error", 'unavailable'],
  ])('tells %i %s as %s', async (status, faultstring, code) => {
    await using site = await opened(
      whole({ ...none, [making]: { status, body: { faultcode: 'Client', faultstring } } }),
    );
    expect(await refusal(site.driver.applyBalancer(spec, signal))).toMatchObject({
      code,
      message: expect.stringContaining(faultstring.slice(0, 20)),
      details: { status },
    });
  });

  it('says that nothing answers, or something else', async () => {
    await using cut = await opened(() => undefined);
    expect(await refusal(cut.driver.listBalancers(tag, signal))).toMatchObject({ code: 'unavailable' });
    await using strange = await opened(() => ({ body: 'hello' }));
    expect(await refusal(strange.driver.listBalancers(tag, signal))).toMatchObject({
      message: expect.stringContaining('none of its API'),
    });
  });

  it.each([
    ['nobody of ours', ['something'], 'was not made by the platform'],
    ['another tag', ['trencadis', 'tag=inf-b', 'balancer=web'], 'belongs to inf-b'],
  ])('is not made where %s holds the name', async (_, tags, words) => {
    const body = { loadbalancers: [loadBalancerAnswer({ tags })] };
    await using site = await opened(whole({ [`GET ${octavia}/loadbalancers`]: { body } }));
    expect(await refusal(site.driver.applyBalancer(spec, signal))).toMatchObject({
      code: 'conflict',
      message: expect.stringContaining(words),
    });
    expect(changing(site.cloud.asked)).toEqual([]);
  });

  it('is made anew where Octavia could not make it and nothing is below it', async () => {
    const bare = { listeners: [], pools: [] };
    const broken = loadBalancerAnswer({ provisioning_status: 'ERROR', ...bare });
    let there = [broken];
    const script = ({ what, ...rest }: ScriptedRequest): ScriptedAnswer | undefined => {
      const [loadbalancer] = there;
      if (what === making) there = [loadBalancerAnswer({ id: 'lb-1', ...bare })];
      if (what.startsWith('DELETE')) there = [];
      if (what.endsWith('/lb-1'))
        return loadbalancer === undefined ? { status: 404 } : { body: { loadbalancer } };
      if (what === `GET ${octavia}/loadbalancers`) return { body: { loadbalancers: there } };
      return what === making ? { status: 201 } : whole()({ what, ...rest });
    };
    await using site = await opened(script);
    expect(await site.driver.applyBalancer(spec, signal)).toMatchObject({ status: 'active' });
    expect(changing(site.cloud.asked)).toEqual([`DELETE ${octavia}/loadbalancers/lb-1`, making]);
  });

  it('ends no TLS without a key manager, and says so before', async () => {
    await using site = await opened(whole());
    expect(site.driver.capabilities.protocols).toEqual(['tcp', 'http']);
    expect(await hasKeyManager(site.options, signal)).toBe(false);
    const frontends = [{ ...spec.frontends[0]!, protocol: 'https' as const }];
    const error = await refusal(site.driver.applyBalancer({ ...spec, frontends }, signal));
    expect(error).toMatchObject({ code: 'unsupported' });
    await using other = await opened(whole(), { services: ['load-balancer', 'network', 'key-manager'] });
    expect(await hasKeyManager(other.options, signal)).toBe(true);
  });

  it('is unsupported where the cloud has no Octavia', async () => {
    await using site = await opened(whole(), { services: ['network'] });
    expect(await refusal(site.driver.listBalancers(tag, signal))).toMatchObject({
      code: 'unsupported',
      subject: 'Octavia',
    });
  });
});
