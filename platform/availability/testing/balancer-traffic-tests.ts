import { createAuthority, issueServerCertificate } from '@trencadis/certificates';
import { systemClock } from '@trencadis/clock';
import { expect, it } from 'vitest';
import type { Balancer } from '../balancer.ts';
import { type BalancerSite, type StartSite, signal } from './balancer-site.ts';
import type { BalancerRequest } from './send-request.ts';

/** How many of `count` requests each backend answered; those that none did under their status. */
async function shares(
  site: BalancerSite,
  balancer: Balancer,
  count: number,
  asked: Partial<BalancerRequest> = {},
): Promise<Record<string, number>> {
  const found: Record<string, number> = {};
  for (let turn = 0; turn < count; turn += 1) {
    const { backend, status } = await site.send(balancer, asked);
    const key = backend ?? String(status);
    found[key] = (found[key] ?? 0) + 1;
  }
  return found;
}

/** Needs a data path: where there is none, nothing of this can be seen. */
export function testTraffic(start: StartSite): void {
  testSharing(start);
  testGates(start);
  testRoutes(start);
  testCertificates(start);
}

function testSharing(start: StartSite): void {
  it('shares requests among the members', async () => {
    const site = start();
    if (site.harness.send === undefined) return;
    const balancer = await site.started([0, 1]);
    const found = await shares(site, balancer, 10);
    expect(Object.keys(found).toSorted()).toEqual([site.backend(0).name, site.backend(1).name].toSorted());
  });

  it('gives a member of weight 0 nothing, and weights their shares', async () => {
    const site = start();
    if (site.harness.send === undefined || !site.driver.capabilities.weights) return;
    const balancer = await site.started([0, 1]);
    await site.driver.addMember(site.name(), site.member(0, { weight: 0 }), signal);
    expect(await shares(site, balancer, 10)).toEqual({ [site.backend(1).name]: 10 });
    await site.driver.addMember(site.name(), site.member(0, { weight: 200 }), signal);
    await site.driver.addMember(site.name(), site.member(1, { weight: 50 }), signal);
    const found = await shares(site, balancer, 50);
    expect(found[site.backend(0).name]).toBeGreaterThan(found[site.backend(1).name]!);
  });

  it('keeps a client at its member, and takes it elsewhere when that one drains', async () => {
    const site = start();
    if (site.harness.send === undefined) return;
    const balancer = await site.started([0, 1], { pools: [site.pool('web', { isSticky: true })] });
    const first = await site.send(balancer);
    const cookie = first.headers['set-cookie']?.split(';')[0];
    const headers: Record<string, string> = cookie === undefined ? {} : { cookie };
    expect(await shares(site, balancer, 6, { headers })).toEqual({ [first.backend!]: 6 });
    const home = site.backend(0).name === first.backend ? 0 : 1;
    await site.driver.drainMember(site.place(home), signal);
    expect(await shares(site, balancer, 6, { headers })).toEqual({ [site.backend(1 - home).name]: 6 });
  });
}

function testGates(start: StartSite): void {
  it('sends nothing to a member before it has passed its checks', async () => {
    const site = start();
    if (site.harness.send === undefined) return;
    const balancer = await site.started([0]);
    await site.backend(1).setHealthy(false);
    const before = await site.backend(1).requestCount();
    await site.driver.addMember(site.name(), site.member(1), signal);
    expect(await shares(site, balancer, 30)).toEqual({ [site.backend(0).name]: 30 });
    expect(await site.backend(1).requestCount()).toBe(before);
    await site.backend(1).setHealthy(true);
    await site.untilMember(site.member(1), 'up');
    expect(await shares(site, balancer, 10)).toHaveProperty([site.backend(1).name]);
  });

  it('lets what a draining member has go on, and sends it nothing new', async () => {
    const site = start();
    if (site.harness.send === undefined) return;
    const balancer = await site.started([0]);
    const running = [1, 2, 3].map(() => site.send(balancer, { path: '/slow?delayMs=2000' }));
    await expect.poll(() => site.backend(0).requestCount()).toBeGreaterThanOrEqual(3);
    await site.joined(1);
    await site.driver.drainMember(site.place(0), signal);
    expect(await shares(site, balancer, 10)).toEqual({ [site.backend(1).name]: 10 });
    for (const answer of await Promise.all(running)) {
      expect(answer).toMatchObject({ status: 200, backend: site.backend(0).name });
    }
  });

  it('sends elsewhere what a killed member does not take', async () => {
    const site = start();
    if (site.harness.send === undefined) return;
    const balancer = await site.started([0, 1]);
    await site.backend(0).kill();
    await site.untilMember(site.member(0), 'down');
    expect(await shares(site, balancer, 10)).toEqual({ [site.backend(1).name]: 10 });
    await site.backend(0).restart();
    await site.untilMember(site.member(0), 'up');
    expect(await shares(site, balancer, 10)).toHaveProperty([site.backend(0).name]);
  });

  it.each([true, false])(
    'sends to members that are all down only where it fails open: %s',
    async (failsOpen) => {
      const site = start();
      const { failClosed, failOpen = true } = site.driver.capabilities;
      if (site.harness.send === undefined || !(failsOpen ? failOpen : failClosed)) return;
      const balancer = await site.started([0], { pools: [site.pool('web', { failsOpen })] });
      await site.backend(0).setHealthy(false);
      await site.untilMember(site.member(0), 'down');
      const expected = failsOpen ? { backend: site.backend(0).name, status: 200 } : { status: 503 };
      const answer = await site.untilAnswer(balancer, {}, ({ status }) => status === expected.status);
      expect(answer).toMatchObject(expected);
    },
  );

  it('counts what members have had', async () => {
    const site = start();
    if (site.harness.send === undefined || !site.driver.capabilities.memberMetrics) return;
    const balancer = await site.started([0]);
    await shares(site, balancer, 5);
    await expect
      .poll(async () => (await site.findMember('web', site.backend(0).name))?.requests)
      .toBeGreaterThanOrEqual(5);
    const found = await site.findMember('web', site.backend(0).name);
    expect(found).toMatchObject({ sessions: 0, errors: 0 });
  });
}

function testRoutes(start: StartSite): void {
  it('tells services apart by host and path', async () => {
    const site = start();
    if (site.harness.send === undefined || !site.driver.capabilities.routes) return;
    const routes = [
      { host: 'two.example', pool: 'two' },
      { pathPrefix: '/three', pool: 'three' },
    ];
    const { defaultPool: _, ...open } = site.frontend('web', { routes });
    const balancer = await site.started([], {
      frontends: [open],
      pools: [site.pool('two'), site.pool('three')],
    });
    await site.joined(0, { pool: 'two' });
    await site.joined(1, { pool: 'three' });
    expect(await site.send(balancer, { host: 'two.example', path: '/x' })).toMatchObject({
      backend: site.backend(0).name,
    });
    expect(await site.send(balancer, { path: '/three' })).toMatchObject({ backend: site.backend(1).name });
    expect(await site.send(balancer, { path: '/three/x?y' })).toMatchObject({
      backend: site.backend(1).name,
    });
    expect(await site.send(balancer, { path: '/threefold' })).toMatchObject({ status: 404 });
  });
}

function testCertificates(start: StartSite): void {
  it('ends TLS, and takes another certificate without losing a request', async () => {
    const site = start();
    if (site.harness.send === undefined || !site.driver.capabilities.protocols.includes('https')) return;
    const authority = await createAuthority({ commonName: 'Conformance', clock: systemClock });
    const issue = async () =>
      await issueServerCertificate({
        authority,
        clock: systemClock,
        days: 1,
        dnsNames: ['web.example'],
        ipAddresses: [],
      });
    const secured = async () => [site.frontend('web', { protocol: 'https', certificate: await issue() })];
    const balancer = await site.started([0, 1], { frontends: await secured() });
    const asked = { protocol: 'https', host: 'web.example', authorityPem: authority.certificatePem } as const;
    const before = await site.send(balancer, asked);
    expect(before).toMatchObject({ status: 200 });
    const running = [1, 2, 3].map(() => site.send(balancer, { ...asked, path: '/slow?delayMs=1000' }));
    await site.driver.applyBalancer(site.spec({ frontends: await secured() }), signal);
    const after = await site.untilAnswer(
      balancer,
      asked,
      ({ serialNumber }) => serialNumber !== before.serialNumber,
    );
    expect(after?.serialNumber).not.toBe(before.serialNumber);
    for (const answer of await Promise.all(running)) expect(answer).toMatchObject({ status: 200 });
  });
}
