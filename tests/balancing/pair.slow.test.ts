import { type Backend, sendRequest, startBackend } from '@trencadis/availability/conformance';
import { createAuthority, issueServerCertificate } from '@trencadis/certificates';
import { systemClock } from '@trencadis/clock';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { BalancedService } from './testing/balanced-service.ts';
import { BalancerLab } from './testing/balancer-lab.ts';

const never = new AbortController().signal;
const request = { port: 8080, protocol: 'http', path: '/', timeoutMs: 500 } as const;
const takeOverMs = 15_000;

function print(what: string, ms: number): void {
  process.stdout.write(`${what}: ${Math.round(ms)} ms\n`);
}

describe('two machines with an address that moves between them', () => {
  let lab: BalancerLab;
  let service: BalancedService;
  let backends: Backend[];
  let virtualAddress: string;

  beforeAll(async () => {
    lab = await BalancerLab.open(2);
    virtualAddress = lab.gateway.replace(/\.1$/, '.200');
    service = new BalancedService(lab.hosts, { virtualAddress });
    const names = ['replica-1', 'replica-2'];
    backends = await Promise.all(names.map((name) => startBackend({ name, address: lab.gateway })));
  });
  afterEach(async () => {
    await Promise.all(backends.map((backend) => backend.restart()));
    await service.delete();
  });
  afterAll(async () => {
    await Promise.all(backends.map((backend) => backend.stop()));
    await lab.close();
  });

  const answers = (address: string) =>
    sendRequest(address, request).then(
      ({ status }) => status,
      () => 0,
    );
  const untilAnswered = async (address = virtualAddress): Promise<number> => {
    const start = performance.now();
    await expect.poll(() => answers(address), { timeout: takeOverMs, interval: 50 }).toBe(200);
    return performance.now() - start;
  };
  /** The machine that has the address now. */
  const holder = async () => {
    const found = await Promise.all(lab.hosts.map((host) => host.script('ip -o -4 address show')));
    const index = found.findIndex((text) => text.includes(`inet ${virtualAddress}/`));
    return { held: lab.hosts[index]!, other: lab.hosts[1 - index]! };
  };
  const recordOf = (index: number) => lab.hosts[index]!.script('cat /etc/haproxy/trencadis.json');
  const untilAlike = async (): Promise<void> => {
    const look = async () => {
      await service.driver().describeBalancer(service.name, never);
      return (await recordOf(0)) === (await recordOf(1));
    };
    await expect.poll(look, { timeout: 60_000, interval: 200 }).toBe(true);
  };

  it('answers at the address, and goes on at the other machine when one falls silent', async () => {
    const { addresses } = await service.start(backends);
    expect(addresses).toEqual([virtualAddress, ...lab.hosts.map(({ address }) => address)]);
    await untilAnswered();
    const { held, other } = await holder();
    await held.cutOff();
    await expect.poll(() => answers(virtualAddress), { timeout: takeOverMs, interval: 20 }).toBe(0);
    print('one machine silent, requests answered again after', await untilAnswered());
    const driver = service.driver();
    const place = { balancer: service.name, pool: 'web', name: backends[0]!.name };
    await driver.removeMember(place, never);
    const start = performance.now();
    const alone = await driver.describeBalancer(service.name, never);
    print('described without the one that is lost in', performance.now() - start);
    expect(alone?.members).toMatchObject([{ name: backends[1]!.name, state: 'up' }]);
    await held.powerOff();
    await held.powerOn();
    await untilAlike();
    expect(await sendRequest(held.address, request)).toMatchObject({ backend: backends[1]!.name });
    expect(await sendRequest(other.address, request)).toMatchObject({ backend: backends[1]!.name });
  });

  it('goes on at the other machine when HAProxy does not come back at one', async () => {
    await service.start(backends);
    await untilAnswered();
    const { held, other } = await holder();
    await held.script('systemctl stop haproxy');
    print('HAProxy stopped, requests answered again after', await untilAnswered());
    await expect.poll(async () => (await holder()).held.name, { timeout: takeOverMs }).toBe(other.name);
    // Whoever looks next sees that it does not run, and starts it.
    await service.driver().describeBalancer(service.name, never);
    await untilAnswered(held.address);
  });

  it('comes back by itself when both machines start again', async () => {
    await service.start(backends);
    await Promise.all(lab.hosts.map((host) => host.powerOff()));
    await Promise.all(lab.hosts.map((host) => host.powerOn()));
    await untilAnswered();
    const found = new Set<string | undefined>();
    for (let turn = 0; turn < 6; turn += 1) found.add((await sendRequest(virtualAddress, request)).backend);
    expect(found).toEqual(new Set(backends.map(({ name }) => name)));
  });

  it('fills a machine that was made anew from the other one, secrets too', async () => {
    const authority = await createAuthority({ commonName: 'Pair', clock: systemClock });
    const names = { dnsNames: ['portal.example'], ipAddresses: [] };
    const certificate = await issueServerCertificate({ authority, clock: systemClock, days: 1, ...names });
    const [web] = service.spec.frontends;
    const secured = { ...web!, name: 'secured', port: 8443, protocol: 'https', certificate } as const;
    await service.start(backends);
    await service.driver().applyBalancer({ ...service.spec, frontends: [web!, secured] }, never);
    await lab.hosts[0]!.rebuild();
    await untilAlike();
    const https = {
      port: 8443,
      protocol: 'https',
      host: 'portal.example',
      authorityPem: authority.certificatePem,
    } as const;
    for (const { address } of lab.hosts) {
      await expect.poll(() => answers(address), { timeout: takeOverMs }).toBe(200);
      expect(await sendRequest(address, https)).toMatchObject({ status: 200 });
    }
  });

  it('keeps what two processes change at the same time', async () => {
    await service.start([]);
    const drivers = [service.driver(), service.driver()];
    const joins = Array.from({ length: 20 }, (_, index) => {
      const member = {
        ...service.member(backends[0]!),
        name: `${backends[0]!.name}-${index}` as Backend['name'],
      };
      return drivers[index % 2]!.addMember(service.name, member, never);
    });
    await Promise.all(joins);
    const balancer = await service.driver().describeBalancer(service.name, never);
    expect(balancer?.members).toHaveLength(20);
    await untilAlike();
  });
});
