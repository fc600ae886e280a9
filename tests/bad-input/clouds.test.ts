import { once } from 'node:events';
import { type AddressInfo, type Socket, connect, createServer } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { pollUntil, systemClock } from '@trencadis/clock';
import { listen } from '@trencadis/http';
import { createLog } from '@trencadis/log';
import { MemoryVmmWorld } from '@trencadis/vmm-memory';
import { createSimulator } from '@trencadis/vmm-memory/simulator';
import { describe, expect, it } from 'vitest';
import { BadInputPlatform, machines } from './bad-input-platform.ts';
import { whenTrue } from '../deployment/site-checks.ts';

const token = 'token-of-the-cloud';

/** A cloud of Ana's, `lab`, in another process as far as the platform knows. */
async function withCloud(given: string, use: (platform: BadInputPlatform, cloud: Cloud) => Promise<void>) {
  await using platform = await BadInputPlatform.start();
  const cloud = await startCloud();
  try {
    await giveToken(platform, cloud, given);
    await use(platform, cloud);
  } finally {
    cloud.stop();
  }
}

interface Cloud {
  readonly world: MemoryVmmWorld;
  readonly endpoint: string;
  readonly stop: () => void;
}

async function startCloud(world = new MemoryVmmWorld(), port = 0): Promise<Cloud> {
  const stop = new AbortController();
  const log = createLog({ name: 'cloud', level: 'silent' });
  const server = await createSimulator({ clock: systemClock, world, token, log, signal: stop.signal });
  const endpoint = await listen(server, { host: '127.0.0.1', port });
  return { world, endpoint, stop: () => stop.abort() };
}

/** Leads to a cloud, until it swallows all that it is sent. */
async function startHole(endpoint: string) {
  const sockets = new Set<Socket>();
  let isOpen = true;
  const end = () => sockets.forEach((socket) => socket.destroy());
  const server = createServer((socket) => {
    const cloud = connect(Number(new URL(endpoint).port), '127.0.0.1');
    for (const each of [socket, cloud]) sockets.add(each.on('error', end));
    if (isOpen) Promise.all([pipeline(socket, cloud), pipeline(cloud, socket)]).catch(end);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    swallow: () => {
      isOpen = false;
      end();
    },
    stop: () => {
      server.close();
      end();
    },
  };
}

const onLab = machines(1, '', 'deploy node 1 lab');

/** Changes only what the platform knows of the cloud. */
async function giveToken(platform: BadInputPlatform, { endpoint }: Cloud, given: string): Promise<number> {
  const body = { product: 'simulated', endpoint, credentials: { token: given } };
  return (await platform.call('PUT', '/api/clouds/lab', { body })).status;
}

const refusing =
  /refuses the credentials .*This is not the token of .*; correct them with trencadis cloud add/;
const silent = /does not answer: Cannot reach http:\/\/127\.0\.0\.1:\d+/;
const answer = (status: number, code: string, detail: RegExp) => ({
  status,
  body: { code, subject: 'ana~lab', detail: expect.stringMatching(detail) },
});

/** The status of an infrastructure whose VMs are all there. */
function unknownFor(because: RegExp) {
  const condition = { status: 'unknown', reason: expect.stringMatching(because) };
  return {
    phase: 'unknown',
    vms: [{ vmm: 'ana~lab', status: 'unknown', addresses: { net: expect.stringMatching(/^10\./) } }],
    conditions: ['Provisioned', 'Contextualized', 'AsDesired'].map((type) => ({ type, ...condition })),
  };
}

describe('a cloud with wrong credentials', () => {
  it('is found by its test, and nothing is deployed on it', () =>
    withCloud('wrong', async (platform, cloud) => {
      expect(await platform.call('POST', '/api/clouds/lab/test')).toMatchObject({
        status: 200,
        body: { checks: [{ holds: false, because: expect.stringMatching(/not the token/) }] },
      });
      const { status, body } = await platform.plan(onLab);
      expect([status, body]).toEqual([
        200,
        {
          kind: 'problems',
          diagnostics: [
            expect.objectContaining({ code: 'RADL411', message: expect.stringMatching(refusing) }),
          ],
        },
      ]);
      expect((await platform.call('GET', '/api/infrastructures')).body).toEqual({ infrastructures: [] });
      expect(cloud.world.leftovers()).toEqual([]);
    }));

  it('does not keep its owner from deploying elsewhere; the plan says why not there', () =>
    withCloud('wrong', async (platform) => {
      const { body } = await platform.plan(machines());
      const others = [expect.objectContaining({ vmm: 'ana~lab', because: expect.stringMatching(refusing) })];
      expect(body).toMatchObject({
        plan: { placements: [{ vmm: 'memory', others: expect.arrayContaining(others) }] },
      });
      expect((await platform.deploy(machines(), { name: 'elsewhere' })).saga).toBe('succeeded');
    }));

  it('is told to be so when they are changed later; once they are right again all goes on', () =>
    withCloud(token, async (platform, cloud) => {
      const { id } = await platform.deploy(onLab);
      const site = cloud.world.leftovers();
      const next = await platform.planned({ ...onLab, radl: onLab.radl.replace('node 1', 'node 2') });
      expect(await platform.status(id)).toMatchObject({ phase: 'deployed' });
      expect(await giveToken(platform, cloud, 'wrong')).toBe(200);
      const refusal = answer(409, 'conflict', refusing);
      expect(await platform.plan(onLab)).toMatchObject(refusal);
      expect(await platform.apply(next.planId)).toMatchObject(refusal);
      const because = /^CredentialsRejected: ana~lab: This is not the token of .*; correct them/;
      expect(await platform.status(id)).toMatchObject(unknownFor(because));
      expect(await platform.call('DELETE', `/api/infrastructures/${id}`)).toMatchObject(refusal);
      expect(cloud.world.leftovers()).toEqual(site);
      expect(await giveToken(platform, cloud, token)).toBe(200);
      expect(await platform.destroy(id)).toEqual({ status: 202, saga: 'succeeded' });
      expect(cloud.world.leftovers()).toEqual([]);
    }));
});

describe('a VM manager that does not answer', () => {
  it('is named; what needs it waits, what does not goes on, and nothing is lost when it comes back', () =>
    withCloud(token, async (platform, cloud) => {
      const { id } = await platform.deploy(onLab);
      const next = await platform.planned({ ...onLab, radl: onLab.radl.replace('node 1', 'node 2') });
      expect(await platform.status(id)).toMatchObject({ phase: 'deployed' });
      cloud.stop();
      const unavailable = answer(503, 'unavailable', silent);
      expect(await platform.plan(onLab, 'another')).toMatchObject(unavailable);
      expect(await platform.plan(onLab)).toMatchObject(unavailable);
      expect(await platform.apply(next.planId)).toMatchObject(unavailable);
      const because = /^VmmNotAnswering: ana~lab: Cannot reach http:/;
      expect(await platform.status(id)).toMatchObject(unknownFor(because));
      expect((await platform.call('GET', `/api/infrastructures/${id}/drift`)).body).toEqual({
        condition: { type: 'AsDesired', status: 'unknown', reason: expect.stringMatching(because) },
        drift: [],
      });
      expect((await platform.deploy(machines(), { name: 'elsewhere' })).saga).toBe('succeeded');

      const back = await startCloud(cloud.world, Number(new URL(cloud.endpoint).port));
      try {
        expect((await platform.apply(next.planId)).status).toBe(202);
        expect((await platform.end(next.planId)).saga).toBe('succeeded');
        expect(back.world.vms.size).toBe(2);
        expect(await platform.destroy(id)).toEqual({ status: 202, saga: 'succeeded' });
        expect(back.world.leftovers()).toEqual([]);
      } finally {
        back.stop();
      }
    }));

  it('and takes what it is asked without a word holds no status; what is elsewhere is told', () =>
    withCloud(token, async (platform, cloud) => {
      const both = machines(1, '', 'deploy node 1 lab\ndeploy node 1 memory');
      const apart = { ...both, radl: both.radl.replace('network net', "network net (outbound = 'yes')") };
      const hole = await startHole(cloud.endpoint);
      try {
        expect(await giveToken(platform, { ...cloud, endpoint: hole.endpoint }, token)).toBe(200);
        const { id } = await platform.deploy(apart);
        hole.swallow();
        const status = (await platform.status(id)) as Status;
        const silentFor5s = /^VmmNotAnswering: ana~lab: Nothing came within 5 s/;
        expect(status).toMatchObject({ phase: 'unknown' });
        expect(Object.fromEntries(status.vms.map((vm) => [vm.vmm, vm.status]))).toEqual({
          'ana~lab': 'unknown',
          memory: 'running',
        });
        expect(status.conditions.map(({ reason }) => reason)).toEqual(
          Array.from({ length: 3 }, () => expect.stringMatching(silentFor5s)),
        );
        const { site } = platform.simulation;
        for (const name of site.vms.keys()) site.failVm(name, 'its host broke');
        const worse = (await platform.status(id)) as Status;
        expect(worse.phase).toBe('degraded');
        expect(worse.conditions[0]?.reason).toMatch(/^VmsNotRunning: inf-\S+ failed$/);
      } finally {
        hole.stop();
      }
    }));

  it('in the middle of a plan leaves it stuck and says so; resumed, it undoes all', () =>
    withCloud(token, async (platform, cloud) => {
      const document = machines(8, '', 'deploy node 8 lab');
      const { planId, id } = await platform.planned(document);
      await platform.apply(planId);
      await whenTrue(() => cloud.world.vms.size > 2);
      cloud.stop();
      const { saga, failures } = await platform.end(planId);
      expect(saga).toBe('stuck');
      expect(failures[0]?.text).toMatch(/Cannot reach|closed|socket/);
      const back = await startCloud(cloud.world, Number(new URL(cloud.endpoint).port));
      try {
        expect(await platform.status(id)).toMatchObject({ phase: 'stuck' });
        expect((await platform.call('POST', `/api/plans/${planId}/resume`)).status).toBe(202);
        expect((await platform.end(planId)).saga).toBe('undone');
        expect(back.world.leftovers()).toEqual([]);
      } finally {
        back.stop();
      }
    }));
});

interface Status {
  readonly phase: string;
  readonly vms: readonly { readonly vmm: string; readonly status: string }[];
  readonly conditions: readonly { readonly reason: string }[];
}

describe('a VM manager without room', () => {
  it('is not chosen: the plan says why, and takes the next', async () => {
    await using platform = await BadInputPlatform.start({ quota: { vms: 2 } });
    const { body } = await platform.plan(machines(3));
    const because = '3 VMs asked for, 2 of its quota of 2 left';
    const others = [{ vmm: 'memory', because, isPossible: false }];
    expect(body).toMatchObject({ plan: { placements: [{ vmm: 'second', others }] } });
  });

  it('that the document names refuses the document there, with what is left', async () => {
    await using platform = await BadInputPlatform.start({ quota: { vms: 2 } });
    const { status, body } = await platform.plan(machines(1, '', 'deploy node 3 memory'));
    const message = expect.stringMatching(/memory: 3 VMs asked for, 2 of its quota of 2 left/);
    const diagnostics = [{ code: 'RADL411', message, hint: expect.stringMatching(/Ask for less, free/) }];
    expect([status, body]).toMatchObject([200, { kind: 'problems', diagnostics }]);
    expect(platform.leftovers()).toEqual([]);
  });

  it('that it said it had is left with nothing, and the plan goes on at the next', async () => {
    await using platform = await BadInputPlatform.start();
    platform.simulation.site.failNext('createVm', 'quota-exceeded');
    const { planId, id, saga, failures } = await platform.deploy(machines(2));
    expect([saga, failures[0]?.errorCode]).toEqual(['undone', 'quota-exceeded']);
    const path = `/api/plans/${planId}/status`;
    expect((await platform.call('GET', path)).body).toEqual({ saga: 'undone', mayContinue: true });
    const next = await continuation(platform, path);
    expect((await platform.end(next)).saga).toBe('succeeded');
    expect((await platform.call('GET', `/api/plans/${next}`)).body).toMatchObject({
      continues: planId,
      placements: [{ vmm: 'second' }],
    });
    expect(platform.simulation.site.leftovers()).toEqual([]);
    expect(platform.simulation.second.world.vms.size).toBe(2);
    expect(await platform.status(id)).toMatchObject({ phase: 'deployed' });
  });
});

/** The plan that goes on; the reconciler looks for it until it is there. */
async function continuation(platform: BadInputPlatform, path: string): Promise<string> {
  const ask = async () => {
    await platform.reconciler.look();
    return ((await platform.call('GET', path)).body as { continuedBy?: string }).continuedBy;
  };
  const found = await pollUntil(ask, { clock: systemClock, everyMs: 50, deadlineMs: 10_000 });
  return found ?? 'none';
}
