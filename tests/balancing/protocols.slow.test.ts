import { type Backend, sendRequest, startBackend } from '@trencadis/availability/conformance';
import { createAuthority, issueServerCertificate } from '@trencadis/certificates';
import { systemClock } from '@trencadis/clock';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { BalancedService } from './testing/balanced-service.ts';
import { BalancerLab } from './testing/balancer-lab.ts';

const never = new AbortController().signal;
const host = 'replica.example';

describe('members that speak TLS', () => {
  let lab: BalancerLab;
  let backends: Backend[];
  let service: BalancedService;
  let authorities: Awaited<ReturnType<typeof createAuthority>>[];

  beforeAll(async () => {
    lab = await BalancerLab.open(1);
    authorities = await Promise.all(
      [1, 2].map(() => createAuthority({ commonName: 'Test', clock: systemClock })),
    );
    const start = async (name: string, authority: (typeof authorities)[number]) => {
      const names = { dnsNames: [host], ipAddresses: [] };
      const certificate = await issueServerCertificate({ authority, clock: systemClock, days: 1, ...names });
      return await startBackend({ name, address: lab.gateway, certificate });
    };
    backends = [
      await start('replica-1', authorities[0]!),
      await start('replica-2', authorities[0]!),
      await start('replica-3', authorities[1]!),
    ];
  });
  afterEach(() => service.delete());
  afterAll(async () => {
    await Promise.all(backends.map((backend) => backend.stop()));
    await lab.close();
  });

  const poolOf = (of: BalancedService) => of.spec.pools[0]!;
  const ask = (address: string) =>
    sendRequest(address, {
      port: 8080,
      protocol: 'https',
      host,
      authorityPem: authorities[0]!.certificatePem,
    });

  it('are verified with their authority: one of another authority is never up', async () => {
    const pool = poolOf(new BalancedService(lab.hosts));
    const secured = { ...pool, protocol: 'https', authorityPem: authorities[0]!.certificatePem } as const;
    const pools = [{ ...secured, isSticky: true, check: { ...pool.check, protocol: 'https' as const } }];
    service = new BalancedService(lab.hosts, { pools });
    const { addresses } = await service.start(backends.slice(0, 2));
    await service.driver().addMember(service.name, service.member(backends[2]!), never);
    const stranger = async () => {
      const balancer = await service.driver().describeBalancer(service.name, never);
      return balancer?.members.find(({ name }) => name === 'replica-3');
    };
    await expect
      .poll(stranger, { timeout: 15_000 })
      .toMatchObject({ state: 'checking', because: expect.stringMatching(/handshake/) as string });
    const answers = [1, 2, 3, 4, 5, 6].map(() =>
      sendRequest(addresses[0]!, { port: 8080, protocol: 'http' }),
    );
    const found = new Set((await Promise.all(answers)).map(({ backend }) => backend));
    expect(found).toEqual(new Set(['replica-1', 'replica-2']));
  });

  it.each([false, true])('end TLS themselves behind TCP; sticky %s', async (isSticky) => {
    const pool = poolOf(new BalancedService(lab.hosts));
    const pools = [
      { ...pool, protocol: 'tcp' as const, isSticky, check: { ...pool.check, protocol: 'https' as const } },
    ];
    const frontends = [{ name: 'web', port: 8080, protocol: 'tcp' as const, routes: [], defaultPool: 'web' }];
    service = new BalancedService(lab.hosts, { pools, frontends });
    const { addresses } = await service.start(backends.slice(0, 2));
    const found = new Set<string | undefined>();
    for (let turn = 0; turn < 6; turn += 1) found.add((await ask(addresses[0]!)).backend);
    expect(found.size).toBe(isSticky ? 1 : 2);
    const [home] = found;
    await service
      .driver()
      .drainMember(
        { balancer: service.name, pool: 'web', name: backends.find(({ name }) => name === home)!.name },
        never,
      );
    expect((await ask(addresses[0]!)).backend).not.toBe(home);
  });
});
