import { fileURLToPath } from 'node:url';
import { createPlatformServer } from '@trencadis/app-platform-api/create-server';
import { systemClock } from '@trencadis/clock';
import { componentApi, createDeliveryGrants } from '@trencadis/component-repository';
import { type Contract, type Route, listen } from '@trencadis/http';
import { brandId, newInfrastructureId, newPlanId, sha256OfText } from '@trencadis/ids';
import { imageApi } from '@trencadis/image-catalog';
import { type Infrastructure, type Plan, StatusCache, infrastructureApi } from '@trencadis/infrastructure';
import { createLog } from '@trencadis/log';
import {
  type ServiceRepository,
  createMemoryServiceStore,
  createServiceRepository,
  readServiceDescription,
  serviceApi,
} from '@trencadis/service-repository';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { catalogAdmin } from '../deployment/simulated-platform.ts';
import { SimulatedService, keyServerRequest } from '../deployment/simulated-service.ts';
import { callersApi, createKnownCallers } from './known-callers.ts';
import { withoutOwner, withoutToken } from './exceptions.ts';

const contracts: Contract = {
  ...infrastructureApi,
  ...imageApi,
  ...componentApi,
  ...serviceApi,
  ...callersApi,
};
const routes = Object.entries(contracts).map(([name, route]) => ({ name, route }));
const owned = routes.filter(({ name }) => !(name in withoutOwner));
const operatorToken = 'token-of-the-operator';

const imageMetadata = {
  architecture: 'x86_64',
  operatingSystem: { name: 'linux', flavour: 'Debian', version: '12' },
  applications: [],
  standIns: [],
};

/** What is added or registered, and at last removed. */
const added = { fileName: 'bytes.conf', version: '1.0.0', name: 'keys' };
const keyServer = await readServiceDescription(
  fileURLToPath(new URL('../../service-descriptions/key-server', import.meta.url)),
);
const description = { ...keyServer, name: added.name, version: added.version };

/** A valid body for each route that takes one. */
const bodies: Readonly<Record<string, unknown>> = {
  plan: { name: 'keys', document: keyServerRequest.document },
  apply: { onFailure: 'undo' },
  addComponent: 'bytes',
  searchImages: { query: 'disk.os.name = linux' },
  importImages: {},
  createImage: { id: 'made', name: 'Made' },
  updateImage: { description: 'changed' },
  addImageVersion: { metadata: imageMetadata, artifacts: [] },
  uploadImage: 'bytes',
  addImageArtifact: { vmm: 'ec2', nativeId: 'ami-1', location: '', digest: sha256OfText('ami-1') },
  changeImageState: { state: 'deprecated', at: '2100-01-01T00:00:00Z' },
  setImageChannel: { version: 1 },
  deliverComponent: { vmName: 'gt4' },
  renderService: { values: { 'token-issuers': [] } },
  validateService: description,
  registerService: description,
};

/** And a query, likewise. */
const queries: Readonly<Record<string, string>> = {
  addComponent: `?digest=${sha256OfText('bytes')}`,
  uploadImage: '?offset=0',
};

interface Ids {
  readonly infrastructureId: string;
  readonly planId: string;
  readonly vmName: string;
  readonly fileName: string;
  readonly version: string;
  readonly imageId: string;
  readonly number: string;
  readonly digest: string;
  readonly channel: string;
  readonly name: string;
}

const image = { imageId: 'awaited', number: '1', digest: sha256OfText('bytes'), channel: 'stable' };

let simulated: SimulatedService;
let services: ServiceRepository;
let baseUrl: string;
const stop = new AbortController();
/** An infrastructure of another owner, one of the operator, and one that never was. */
let foreign: Ids;
let own: Ids;
const unknown: Ids = {
  infrastructureId: newInfrastructureId(),
  planId: newPlanId(),
  vmName: 'nobody',
  ...added,
  ...image,
};

beforeAll(async () => {
  simulated = await SimulatedService.start();
  const { service, sagas, platform } = simulated;
  const images = { service: platform.catalog, importImages: async () => [] };
  const artifacts = [{ vmm: 'memory', location: '', digest: sha256OfText('bytes') }];
  const awaited = { id: brandId('VmiId', image.imageId), name: 'Awaited', description: '' };
  await platform.catalog.register(catalogAdmin, { ...awaited, metadata: imageMetadata, artifacts });
  const log = createLog({ name: 'authorization', level: 'silent' });
  const grants = createDeliveryGrants({ key: Buffer.alloc(32, 1), clock: systemClock });
  const components = {
    repository: platform.world.components,
    delivery: { grants, baseUrl: 'https://127.0.0.1:1', authorityPem: '' },
  };
  services = servicesOf(platform);
  const parts = {
    log,
    signal: stop.signal,
    operatorToken,
    service,
    sagas,
    statuses: new StatusCache(service, systemClock),
    noted: { write: async () => undefined },
    world: platform.world,
    images,
    components,
    services,
    tokenIssuers: [],
    ...createKnownCallers(),
  };
  baseUrl = await listen(await createPlatformServer(parts), { host: '127.0.0.1', port: 0 });
  foreign = await idsOf('ana');
  own = await idsOf('operator');
});
afterAll(async () => {
  stop.abort();
  await simulated[Symbol.asyncDispose]();
});

function servicesOf({ world, images }: SimulatedService['platform']): ServiceRepository {
  return createServiceRepository({
    store: createMemoryServiceStore(),
    offers: async (vmis) => ({
      vmis: new Set(vmis),
      matchImages: (requirements) => images.match('ana', requirements),
      components: await world.components.list(),
      configurators: world.configurators,
    }),
    own: async () => [keyServer],
    clock: systemClock,
  });
}

/** Of an infrastructure that was deployed for them. */
async function idsOf(owner: string): Promise<Ids> {
  const { service } = simulated;
  const planning = await service.plan({ ...keyServerRequest, owner }, AbortSignal.timeout(5_000));
  if (planning.kind !== 'planned') throw new Error(JSON.stringify(planning.diagnostics));
  const { infrastructure, plan }: { infrastructure: Infrastructure; plan: Plan } = planning;
  await simulated.apply(plan);
  expect(await simulated.wait(plan)).toBe('succeeded');
  return {
    infrastructureId: infrastructure.id,
    planId: plan.id,
    vmName: `${infrastructure.id}-gt4-java-ant-1`,
    ...added,
    ...image,
  };
}

interface Answer {
  readonly status: number;
  readonly body: string;
}

async function call(
  { name, route }: { readonly name: string; readonly route: Route },
  { ids, authorization }: { readonly ids: Ids; readonly authorization?: string },
): Promise<Answer> {
  const path = route.path.replaceAll(/\{(\w+)\}/g, (_, key: keyof Ids) => ids[key]);
  const body = bodies[name];
  const mediaType = route.upload === true ? 'application/octet-stream' : 'application/json';
  const response = await fetch(new URL(`${path}${queries[name] ?? ''}`, baseUrl), {
    method: route.method,
    headers: {
      ...(authorization === undefined ? {} : { authorization }),
      ...(body === undefined ? {} : { 'content-type': mediaType }),
    },
    body: body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body),
    signal: AbortSignal.timeout(10_000),
  });
  return { status: response.status, body: await response.text() };
}

const asOperator = `Bearer ${operatorToken}`;
const siteNow = async () => [
  ...simulated.platform.site.leftovers().toSorted(),
  ...(await simulated.platform.world.components.list()).map(({ digest }) => digest),
  ...(await services.list()).services.map(({ name }) => name),
  JSON.stringify(await simulated.platform.catalog.list(catalogAdmin, { limit: 100 })),
];

it('serves exactly the routes of its contracts, and those pinned as exceptions', async () => {
  const answer = await fetch(new URL('/openapi.json', baseUrl));
  const { paths } = (await answer.json()) as { paths: Record<string, Record<string, unknown>> };
  const served = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  expect(served.toSorted()).toEqual(routes.map(({ route }) => `${route.method} ${route.path}`).toSorted());
  const publicRoutes = routes.filter(({ route }) => route.access === 'public').map(({ route }) => route.path);
  expect(publicRoutes).toEqual([]);
  expect(Object.keys(withoutToken)).toEqual(['GET /openapi.json']);
});

it('pins no exception for a route that is gone or that names somebody’s thing', () => {
  const ofAnOwner = ['infrastructureId', 'planId'];
  const namesOwned = ({ params }: Route) => ofAnOwner.some((id) => id in (params?.shape ?? {}));
  const shared = routes.filter(({ route }) => !namesOwned(route)).map(({ name }) => name);
  expect(Object.keys(withoutOwner).toSorted()).toEqual(shared.toSorted());
});

describe.each(routes)('$name', (entry) => {
  const wrong: Readonly<Record<string, string | undefined>> = {
    'no token': undefined,
    'a wrong token': 'Bearer not-the-token-of-the-operator',
    'an empty token': 'Bearer ',
    'the right token in another scheme': `Basic ${operatorToken}`,
    'the beginning of the right token': asOperator.slice(0, -1),
  };
  it.each(Object.entries(wrong))('answers 401 to %s, and does nothing', async (_what, authorization) => {
    const before = await siteNow();
    const answer = await call(entry, { ids: own, ...(authorization === undefined ? {} : { authorization }) });
    expect(answer.status).toBe(401);
    expect(JSON.parse(answer.body)).toMatchObject({ status: 401, code: 'unauthenticated' });
    expect(await siteNow()).toEqual(before);
  });
});

describe.each(owned)('$name, of another owner', (entry) => {
  it('is answered like what does not exist, and does nothing', async () => {
    const before = await siteNow();
    const answer = await call(entry, { ids: foreign, authorization: asOperator });
    const missing = await call(entry, { ids: unknown, authorization: asOperator });
    expect(answer.status).toBe(404);
    expect(missing.status).toBe(404);
    expect(shapeOf(answer, foreign)).toEqual(shapeOf(missing, unknown));
    expect(await siteNow()).toEqual(before);
  });
});

/** The answer without the ids that were asked for. */
function shapeOf({ body }: Answer, ids: Ids): unknown {
  const text = Object.entries(ids).reduce(
    (rest, [key, id]: [string, string]) => rest.replaceAll(id, key),
    body,
  );
  const { requestId: _, instance: __, ...shape } = JSON.parse(text) as Record<string, unknown>;
  return shape;
}

describe('the operator', () => {
  const lastOnes = new Set(['destroy', 'removeComponent', 'removeServiceVersion', 'deleteImage']);
  const firstOnes = new Set(['addComponent', 'registerService']);
  const isLast = ({ name }: { readonly name: string }) => lastOnes.has(name);
  const isFirst = ({ name }: { readonly name: string }) => firstOnes.has(name);
  const others = routes.filter((entry) => !isFirst(entry) && !isLast(entry) && !(entry.name in callersApi));
  it.each([...routes.filter(isFirst), ...others, ...routes.filter(isLast)])('may $name', async (entry) => {
    const { status } = await call(entry, { ids: own, authorization: asOperator });
    expect(status).toBe(entry.route.status ?? 200);
  });

  it('lists nobody else’s infrastructures', async () => {
    const { body } = await call(
      routes.find(({ name }) => name === 'list')!,
      {
        ids: own,
        authorization: asOperator,
      },
    );
    expect(body).not.toContain(foreign.infrastructureId);
  });
});
