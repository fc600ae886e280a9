import { createHttpServer, listen, registerRoutes } from '@trencadis/http';
import { newInfrastructureId } from '@trencadis/ids';
import { PlatformError } from '@trencadis/errors';
import type { Infrastructure } from '@trencadis/infrastructure';
import { createLog } from '@trencadis/log';
import { decideGroup, replayTrace } from '@trencadis/availability';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { serviceControlApi } from './api.ts';
import { type ServiceControlClient, createServiceControlClient } from './client.ts';
import { serviceControlHandlers } from './routes.ts';
import { ServiceControl } from './service-control.ts';
import { createServiceTokens, serviceTokenPrefix } from './service-tokens.ts';
import { exampleSpec } from './testing/examples.ts';
import type { SimulatedGroup } from './testing/simulated-fleet.ts';
import { type SimulatedProcess, SimulatedWorld } from './testing/simulated-process.ts';

const second = 1_000;

let world: SimulatedWorld;
let group: SimulatedGroup;
let process: SimulatedProcess;
let client: ServiceControlClient;
let baseUrl: string;
let stop: AbortController;
const audited: string[] = [];

beforeEach(async () => {
  audited.length = 0;
  world = new SimulatedWorld();
  group = world.fleet.add(newInfrastructureId(), exampleSpec(), { '': 2 });
  process = world.begin();
  await world.clock.advance(90 * second);
  stop = new AbortController();
  baseUrl = await serve(stop.signal);
  client = createServiceControlClient({ baseUrl, token: 'ana' });
});
afterEach(async () => {
  await client[Symbol.asyncDispose]();
  stop.abort();
});

async function serve(signal: AbortSignal): Promise<string> {
  const { fleet, store, clock } = world;
  const { leadership, controller } = process;
  const audit = {
    write: async ({ act, actor }: { act: string; actor: string }) => void audited.push(`${actor} ${act}`),
  };
  const control = new ServiceControl({ fleet, store, leadership, controller, clock, audit });
  const infrastructure = {
    id: group.infrastructureId,
    name: 'shop',
    owner: 'ana',
    shares: [],
  } as unknown as Infrastructure;
  const infrastructures = { get: async () => infrastructure, list: async () => [infrastructure] };
  const log = createLog({ name: 'service-routes', level: 'silent' });
  const server = await createHttpServer({ log, title: 'services', version: '1', signal });
  const tokens = createServiceTokens({ key: new Uint8Array(32), clock });
  registerRoutes(server, serviceControlApi, serviceControlHandlers({ control, tokens, infrastructures }), {
    authenticate: async (token) => {
      const nobody = { owner: '', groups: [], isAdmin: false };
      const isOfService = token.startsWith(serviceTokenPrefix);
      return isOfService
        ? { ...nobody, reportsFor: await tokens.verify(token) }
        : { ...nobody, owner: token };
    },
  });
  return listen(server, { host: '127.0.0.1', port: 0 });
}

const params = () => ({ infrastructureId: group.infrastructureId, service: 'front' });
const status = () => client.serviceStatus({ params: params() });
const replicas = () => [...group.vms.keys()];

describe('a deployed service', () => {
  it('is listed and shown as it is', async () => {
    const listed = { service: 'front', desired: 2, min: 2, max: 4, inService: 2, condition: 'ok' };
    const { services } = await client.listAllDeployedServices({});
    expect(services).toMatchObject([listed]);
    const ofOne = await client.listDeployedServices({ params: { infrastructureId: group.infrastructureId } });
    expect(ofOne.services).toEqual(services);
    expect(await status()).toMatchObject({
      ...listed,
      endpoints: ['http://10.0.0.1'],
      replicas: [
        { number: 1, phase: 'in-service', vm: 'running', member: 'up', sessions: 1 },
        { number: 2, phase: 'in-service' },
      ],
    });
  });

  it('that is not there is told so, with those that are', async () => {
    world.fleet.add(newInfrastructureId(), exampleSpec({ id: 'secret' }), { '': 2 });
    const asked = client.serviceStatus({ params: { ...params(), service: 'back' } });
    await expect(asked).rejects.toMatchObject({
      code: 'not-found',
      message: "The infrastructure has no service 'back': it has 'front'.",
    });
  });

  it('is scaled within its bounds, and outside of them only by force', async () => {
    expect(await client.scaleService({ params: params(), body: { desired: 3 } })).toMatchObject({
      desired: 3,
    });
    await world.clock.advanceUntil(() => group.vms.size === 3 && group.runningPlanId === undefined);
    await expect(client.scaleService({ params: params(), body: { desired: 9 } })).rejects.toMatchObject({
      code: 'invalid-argument',
    });
    const forced = await client.scaleService({ params: params(), body: { desired: 5, isForced: true } });
    expect(forced).toMatchObject({ desired: 5, max: 5, hasOwnBounds: true });
    const reset = await client.scaleService({ params: params(), body: { resetsBounds: true } });
    expect(reset).toMatchObject({ desired: 4, max: 4, hasOwnBounds: false });
    expect(audited).toEqual(['ana service-scale', 'ana service-scale', 'ana service-scale']);
  });

  it('loses no change of several at once, beside a controller at work', async () => {
    const changes = replicas().flatMap((vm) => [
      client.protectReplicas({ params: params(), body: { vms: [vm] } }),
      client.suspendService({ params: params(), body: { processes: ['schedule'] } }),
      client.scaleService({ params: params(), body: { max: 7 } }),
    ]);
    await Promise.all([...changes, world.clock.advance(20 * second)]);
    await world.clock.advance(20 * second);
    expect(await status()).toMatchObject({ max: 7, suspended: ['schedule'] });
    expect((await status()).replicas.map(({ isProtected }) => isProtected)).toEqual([true, true]);
  });

  it('is not scaled while that is suspended', async () => {
    await client.suspendService({ params: params(), body: {} });
    await client.scaleService({ params: params(), body: { desired: 3 } });
    await world.clock.advance(60 * second);
    expect(group.vms.size).toBe(2);
    await client.resumeService({ params: params(), body: {} });
    await world.clock.advanceUntil(() => group.vms.size === 3);
  });

  it('has one on standby taken out within a second, gets another one for it, and takes it back', async () => {
    const [vm] = replicas();
    const body = { vms: [vm!] };
    await client.standByReplicas({ params: params(), body });
    await world.clock.advance(second);
    expect([...world.fleet.plans.values()].map(({ action }) => action)).toMatchObject([{ leave: [vm] }]);
    await world.clock.advanceUntil(() => group.vms.size === 3 && group.serving.length === 2);
    expect([group.vms.get(vm!)?.member, group.serving.includes(vm!)]).toEqual(['absent', false]);
    await world.clock.advance(90 * second);
    expect(world.fleet.plans.size).toBe(2);
    await client.standByReplicas({ params: params(), body: { ...body, isStandby: false } });
    await world.clock.advanceUntil(() => group.vms.size === 2 && group.serving.includes(vm!));
    expect([group.serving.length, world.fleet.plans.size]).toEqual([2, 3]);
  });

  it('is made anew, one replica after the other, when it is refreshed', async () => {
    await client.rollService({ params: params(), body: { act: 'refresh' } });
    const rolled = await world.clock.advanceUntil(() => world.fleet.rolled.size === 2);
    expect(rolled).toBe(true);
    await world.clock.advance(120 * second);
    expect((await status()).roll).toBeUndefined();
    expect([...world.fleet.rolled.values()]).toEqual([1, 1]);
  });

  it('goes back to the document of before', async () => {
    const { planId } = await client.rollBackService({ params: params() });
    expect(planId).toBeDefined();
    await world.clock.advanceUntil(() => group.rollBacks === 1);
    await expect(client.rollService({ params: params(), body: { act: 'pause' } })).rejects.toMatchObject({
      code: 'conflict',
    });
  });

  it('passes on what is said to a hook, and pushed figures and signs of life', async () => {
    const [vmName] = replicas();
    await client.signalHook({ params: { ...params(), vmName: vmName! }, body: { verdict: 'continue' } });
    expect(world.fleet.signals).toMatchObject([[{ serviceId: 'front' }, vmName, 'continue']]);
    await client.pushMetrics({ params: params(), body: { metrics: { queue: 7 } } });
    expect(
      world.measuring.pushed({ infrastructureId: group.infrastructureId, serviceId: 'front' }).ofGroup,
    ).toMatchObject({
      queue: { value: 7 },
    });
    await expect(client.pushMetrics({ params: params(), body: { metrics: { cpu: 7 } } })).rejects.toThrow(
      PlatformError,
    );
    await client.beat({ params: { ...params(), vmName: vmName! } });
    expect(world.measuring.lastBeat(vmName!)).toBe(world.clock.nowMs);
  });

  it('takes reports with its own token, which is for no other service', async () => {
    const { token } = await client.issueServiceToken({ params: params(), body: {} });
    await using replica = createServiceControlClient({ baseUrl, token });
    await replica.pushMetrics({ params: params(), body: { metrics: { queue: 8 } } });
    await replica.beat({ params: { ...params(), vmName: replicas()[0]! } });
    const key = { infrastructureId: group.infrastructureId, serviceId: 'front' };
    expect(world.measuring.pushed(key).ofGroup).toMatchObject({ queue: { value: 8 } });
    for (const other of [
      { ...params(), service: 'back' },
      { ...params(), infrastructureId: newInfrastructureId() },
    ])
      await expect(
        replica.pushMetrics({ params: other, body: { metrics: { queue: 9 } } }),
      ).rejects.toMatchObject({ code: 'forbidden' });
    await expect(replica.serviceStatus({ params: params() })).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('what was decided', () => {
  it('is explained, and decided the same when replayed', async () => {
    world.fleet.break(group, replicas()[0]!, { member: 'down' });
    await world.clock.advance(120 * second);
    const query = { limit: '500', snapshots: 'true' };
    const { evaluations } = await client.listEvaluations({ params: params(), query });
    expect(evaluations.some(({ isDecision }) => isDecision)).toBe(true);
    const trace = evaluations.toReversed().map(({ snapshot }) => JSON.stringify(snapshot));
    const replayed = replayTrace(trace.join('\n'), decideGroup);
    expect(replayed.map(({ evaluation }) => evaluation.verdict)).toEqual(
      evaluations.toReversed().map(({ verdict }) => verdict),
    );
    expect((await status()).decisions[0]?.verdict).toBeDefined();
  });

  it('is told as events, of the past and as they come', async () => {
    const past = await allOf(client.followServiceEvents({ params: params(), query: { last: '2' } }));
    expect(past).toHaveLength(2);
    const coming = client.followServiceEvents({ params: params(), query: { last: '0', follow: 'true' } });
    const next = coming[Symbol.asyncIterator]().next();
    await client.thawService({ params: params() });
    await world.clock.advanceUntil(() => true);
    const waking = setInterval(() => void world.clock.advance(500), 20);
    expect((await next).value).toMatchObject({ kind: 'changed', text: 'ana: replacements go on.' });
    clearInterval(waking);
  });
});

async function allOf<Item>(items: AsyncIterable<Item>): Promise<readonly Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}
