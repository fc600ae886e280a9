import { type Backend, sendRequest, startBackend } from '@trencadis/availability/conformance';
import { systemClock } from '@trencadis/clock';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { BalancedService } from './testing/balanced-service.ts';
import { BalancerLab } from './testing/balancer-lab.ts';
import { haproxyLeftovers } from './testing/haproxy-leftovers.ts';
import { startLoad } from './testing/start-load.ts';

const never = new AbortController().signal;
const request = { port: 8080, protocol: 'http', path: '/' } as const;

/** Figures are printed, and not expected: what is expected is that no request is lost. */
function print(what: string, ms: number): void {
  process.stdout.write(`${what}: ${ms} ms\n`);
}

describe('requests while members fail and change', () => {
  let lab: BalancerLab;
  let service: BalancedService;
  let backends: Backend[];

  beforeAll(async () => {
    lab = await BalancerLab.open(1);
    service = new BalancedService(lab.hosts);
    const names = ['replica-1', 'replica-2', 'replica-3'];
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

  it.each([
    ['is killed', (backend: Backend) => backend.kill()],
    ['hangs', (backend: Backend) => backend.freeze()],
    ['says that it is ill', (backend: Backend) => backend.setHealthy(false)],
  ])('are all answered while a member %s, and until it is back', async (what, fail) => {
    const { addresses } = await service.start(backends);
    const load = startLoad(addresses[0]!, request);
    await systemClock.sleep(500);
    await fail(backends[0]!);
    print(`a member ${what}: seen down after`, await service.untilState(backends[0]!, 'down'));
    await backends[0]!.restart();
    print(`and back after`, await service.untilState(backends[0]!, 'up'));
    const { failures, sent, slowestMs, byBackend } = await load.stop();
    print(`${sent} requests, the slowest`, slowestMs);
    expect(failures).toEqual([]);
    expect(Object.keys(byBackend)).toHaveLength(3);
  });

  it('are all answered while members drain, leave and come', async () => {
    const { addresses } = await service.start(backends);
    const driver = service.driver();
    const load = startLoad(addresses[0]!, { ...request, path: '/?delayMs=50' });
    for (const backend of [...backends, ...backends]) {
      const place = { balancer: service.name, pool: 'web', name: backend.name };
      await driver.drainMember(place, never);
      await expect
        .poll(async () => {
          const balancer = await driver.describeBalancer(service.name, never);
          return balancer?.members.find(({ name }) => name === backend.name)?.sessions;
        })
        .toBe(0);
      await driver.removeMember(place, never);
      await driver.addMember(service.name, service.member(backend), never);
      await service.untilState(backend, 'up', driver);
    }
    const { failures, sent, slowestMs } = await load.stop();
    print(`six members rolled under ${sent} requests, the slowest`, slowestMs);
    expect(failures).toEqual([]);
  });

  it('are all answered while HAProxy is reloaded, which remembers who is down', async () => {
    const { addresses } = await service.start(backends);
    const driver = service.driver();
    await backends[0]!.setHealthy(false);
    await service.untilState(backends[0]!, 'down', driver);
    const load = startLoad(addresses[0]!, request);
    const [frontend] = service.spec.frontends;
    for (const port of [8081, 8082, 8083]) {
      const frontends = [frontend!, { ...frontend!, name: 'more', port }];
      const { members } = await driver.applyBalancer({ ...service.spec, frontends }, never);
      expect(members.map(({ state }) => state)).toEqual(['down', 'up', 'up']);
    }
    const { failures, byBackend } = await load.stop();
    expect(failures).toEqual([]);
    expect(Object.keys(byBackend).toSorted()).toEqual(['replica-2', 'replica-3']);
  });

  it('are all answered by others while a member hangs for good', async () => {
    const { addresses } = await service.start(backends);
    const load = startLoad(addresses[0]!, request);
    await systemClock.sleep(500);
    await backends[0]!.freeze();
    print('a member hangs for good: seen down after', await service.untilState(backends[0]!, 'down'));
    const { failures, sent, slowestMs } = await load.stop();
    print(`${sent} requests, the slowest`, slowestMs);
    expect(failures).toEqual([]);
  });

  it.each([
    ['GET', 200],
    ['POST', 502],
  ])('that may have had an effect are sent once, others again: %s', async (method, expected) => {
    const [address] = (await service.start(backends)).addresses;
    const counts = () => Promise.all(backends.map((backend) => backend.requestCount()));
    const before = await counts();
    const sent = sendRequest(address!, { ...request, method, path: '/?delayMs=3000' });
    await expect.poll(async () => (await counts()).some((count, index) => count > before[index]!)).toBe(true);
    const after = await counts();
    await backends[after.findIndex((count, index) => count > before[index]!)]!.kill();
    expect((await sent).status).toBe(expected);
  });

  it('go on where another port cannot be had, which is said', async () => {
    const { addresses } = await service.start(backends);
    const driver = service.driver();
    const [frontend] = service.spec.frontends;
    const taken = { ...service.spec, frontends: [{ ...frontend!, port: 22 }] };
    await expect(driver.applyBalancer(taken, never)).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining(':22') as string,
    });
    const balancer = await driver.describeBalancer(service.name, never);
    expect(balancer?.frontends.map(({ port }) => port)).toEqual([8080]);
    expect(balancer?.members.map(({ state }) => state)).toEqual(['up', 'up', 'up']);
    expect(await sendRequest(addresses[0]!, request)).toMatchObject({ status: 200 });
    await driver.applyBalancer({ ...service.spec, frontends: [{ ...frontend!, port: 8081 }] }, never);
    expect(await sendRequest(addresses[0]!, { ...request, port: 8081 })).toMatchObject({ status: 200 });
  });

  it('leaves nothing of one that could not be made', async () => {
    const [frontend] = service.spec.frontends;
    const taken = { ...service.spec, frontends: [{ ...frontend!, port: 22 }] };
    await expect(service.driver().applyBalancer(taken, never)).rejects.toMatchObject({ code: 'conflict' });
    expect(await service.driver().describeBalancer(service.name, never)).toBeUndefined();
    expect(await haproxyLeftovers(lab.hosts)).toEqual([]);
  });

  it('are answered again after HAProxy died, by all members, and by none that was never up', async () => {
    await backends[2]!.setHealthy(false);
    const { addresses } = await service.start(backends.slice(0, 2));
    await service.driver().addMember(service.name, service.member(backends[2]!), never);
    await lab.hosts[0]!.script('systemctl kill --signal KILL haproxy');
    const before = await backends[2]!.requestCount();
    const answered = async () => {
      const answers = [1, 2, 3, 4].map(() => sendRequest(addresses[0]!, request).catch(() => undefined));
      return new Set((await Promise.all(answers)).map((answer) => answer?.backend));
    };
    // Nobody is asked: it comes back by itself.
    await expect.poll(answered, { timeout: 10_000 }).toEqual(new Set(['replica-1', 'replica-2']));
    expect(await backends[2]!.requestCount()).toBe(before);
    const balancer = await service.driver().describeBalancer(service.name, never);
    expect(balancer?.members.map(({ state }) => state)).toEqual(['up', 'up', 'checking']);
    await backends[2]!.setHealthy(true);
    await service.untilState(backends[2]!, 'up');
  });
});
