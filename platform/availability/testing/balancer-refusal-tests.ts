import { createAuthority, issueServerCertificate } from '@trencadis/certificates';
import { systemClock } from '@trencadis/clock';
import { expect, it } from 'vitest';
import type { BalancerSpec } from '../balancer.ts';
import { type BalancerSite, type StartSite, codeOf, signal } from './balancer-site.ts';

/** What comes of asking for it, and how many balancers are there afterwards. */
async function outcomeOf(site: BalancerSite, changes: Partial<BalancerSpec>): Promise<object> {
  const code = await codeOf(site.driver.applyBalancer(site.spec(changes), signal));
  return { code, count: (await site.driver.listBalancers(site.tag, signal)).length };
}

/** Made where the product can, `unsupported` and nothing there where it lacks something. */
function expected(can: boolean): object {
  return can ? { code: undefined, count: 1 } : { code: 'unsupported', count: 0 };
}

export function testBalancerRefusals(start: StartSite): void {
  testCapabilities(start);
  testMistakes(start);
}

function testCapabilities(start: StartSite): void {
  it.each(['tcp', 'http', 'https'] as const)(
    'takes %s at a frontend, or says that it cannot',
    async (protocol) => {
      const site = start();
      const authority = await createAuthority({ commonName: 'Conformance', clock: systemClock });
      const certificate = await issueServerCertificate({
        authority,
        clock: systemClock,
        days: 1,
        dnsNames: ['web.example'],
        ipAddresses: [],
      });
      const secured = protocol === 'https' ? { certificate } : {};
      expect(
        await outcomeOf(site, {
          frontends: [site.frontend('web', { protocol, ...secured })],
          pools: [
            site.pool('web', {
              protocol: protocol === 'tcp' ? 'tcp' : 'http',
              check: site.check({ protocol: 'tcp' }),
            }),
          ],
        }),
      ).toEqual(expected(site.driver.capabilities.protocols.includes(protocol)));
    },
  );

  it.each(['roundrobin', 'leastconn', 'source'] as const)(
    'balances by %s, or says that it cannot',
    async (algorithm) => {
      const site = start();
      const can = site.driver.capabilities.algorithms.includes(algorithm);
      expect(await outcomeOf(site, { pools: [site.pool('web', { algorithm })] })).toEqual(expected(can));
    },
  );

  it('tells requests apart by host and path, or says that it cannot', async () => {
    const site = start();
    const routes = [{ host: 'two.example', pathPrefix: '/two', pool: 'two' }];
    expect(
      await outcomeOf(site, {
        frontends: [site.frontend('web', { routes })],
        pools: [site.pool(), site.pool('two')],
      }),
    ).toEqual(expected(site.driver.capabilities.routes));
  });

  it('weighs members, or says that it cannot', async () => {
    const site = start();
    await site.driver.applyBalancer(site.spec(), signal);
    const joining = codeOf(site.driver.addMember(site.name(), site.member(0, { weight: 50 }), signal));
    const can = site.driver.capabilities.weights;
    expect(await joining).toBe(can ? undefined : 'unsupported');
    expect((await site.findMember('web', site.backend(0).name))?.weight).toBe(can ? 50 : undefined);
  });

  it('starts members slowly, or says that it cannot', async () => {
    const site = start();
    const can = site.driver.capabilities.slowStart;
    expect(await outcomeOf(site, { pools: [site.pool('web', { slowStartMs: 30_000 })] })).toEqual(
      expected(can),
    );
  });

  it.each([true, false])('fails open (%s), or says that it cannot', async (failsOpen) => {
    const site = start();
    const { failClosed, failOpen = true } = site.driver.capabilities;
    expect(
      await outcomeOf(site, {
        pools: [site.pool('web', { failsOpen })],
      }),
    ).toEqual(expected(failsOpen ? failOpen : failClosed));
  });

  it('says which checks it cannot keep', async () => {
    const site = start();
    const { leastIntervalMs, mostFall, mostRise } = site.driver.capabilities.check;
    const beyond = [
      ...(leastIntervalMs > 1 ? [{ intervalMs: leastIntervalMs - 1, timeoutMs: 1 }] : []),
      { fall: mostFall + 1 },
      { rise: mostRise + 1 },
    ];
    for (const changes of beyond) {
      const pools = [site.pool('web', { check: site.check(changes) })];
      expect(await codeOf(site.driver.applyBalancer(site.spec({ pools }), signal))).toBe('unsupported');
    }
    expect(await site.driver.listBalancers(site.tag, signal)).toEqual([]);
  });
}

function testMistakes(start: StartSite): void {
  it('refuses what contradicts itself, and leaves nothing', async () => {
    const site = start();
    const { defaultPool: _, ...lost } = site.frontend('web', { protocol: 'tcp' });
    const tcpPool = site.pool('web', { protocol: 'tcp' });
    const mistakes: Partial<BalancerSpec>[] = [
      { frontends: [site.frontend('web', { defaultPool: 'absent' })] },
      { pools: [site.pool(), site.pool()] },
      { frontends: [site.frontend(), site.frontend()] },
      { frontends: [site.frontend(), site.frontend('two')] },
      ...(site.driver.capabilities.protocols.includes('tcp')
        ? [{ frontends: [lost], pools: [tcpPool] }]
        : []),
      ...(site.driver.capabilities.protocols.includes('https')
        ? [{ frontends: [site.frontend('web', { protocol: 'https' })] }]
        : []),
      { pools: [site.pool('web', { check: site.check({ timeoutMs: 100_000 }) })] },
    ];
    for (const mistake of mistakes) {
      const code = await codeOf(site.driver.applyBalancer(site.spec(mistake), signal));
      expect({ mistake, code }).toEqual({ mistake, code: 'invalid-argument' });
    }
    expect(await site.driver.listBalancers(site.tag, signal)).toEqual([]);
  });

  it('refuses names that would mean something else where they are written', async () => {
    const site = start();
    for (const name of ['', 'Web', 'web 1', 'web\nadmin', '../web', 'web;']) {
      const spec = site.spec({
        frontends: [site.frontend('web', { defaultPool: name })],
        pools: [site.pool(name)],
      });
      const code = await codeOf(site.driver.applyBalancer(spec, signal));
      expect({ name, code }).toEqual({ name, code: 'invalid-argument' });
    }
    const paths = ['health', '/a b', '/a\nb', '/"'];
    for (const path of paths) {
      const pools = [site.pool('web', { check: site.check({ path }) })];
      const code = await codeOf(site.driver.applyBalancer(site.spec({ pools }), signal));
      expect({ path, code }).toEqual({ path, code: 'invalid-argument' });
    }
    expect(await site.driver.listBalancers(site.tag, signal)).toEqual([]);
  });

  it('refuses a member that cannot be one', async () => {
    const site = start();
    await site.driver.applyBalancer(site.spec(), signal);
    const mistakes = [
      { weight: -1 },
      { weight: 257 },
      { port: 0 },
      { port: 70_000 },
      { address: 'no address\n' },
    ];
    for (const mistake of mistakes) {
      const code = await codeOf(site.driver.addMember(site.name(), site.member(0, mistake), signal));
      expect({ mistake, code }).toEqual({ mistake, code: 'invalid-argument' });
    }
    expect(await site.findMember('web', site.backend(0).name)).toBeUndefined();
  });
}
