import { isDeepStrictEqual } from 'node:util';
import { componentApi } from '@trencadis/component-repository';
import { brandId, newInfrastructureId, newPlanId } from '@trencadis/ids';
import { imageApi } from '@trencadis/image-catalog';
import { infrastructureApi } from '@trencadis/infrastructure';
import { serviceControlApi } from '@trencadis/service-controller';
import { serviceApi } from '@trencadis/service-repository';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ofAnOwner, otherOutcomes, ownerOnly, withoutOwner, withoutToken } from './exceptions.ts';
import { callersApi } from './known-callers.ts';
import { type Caller, type Entry, type Ids, TriedPlatform, routesOf } from './tried-platform.ts';
import { added, deployed, disk, image } from './valid-requests.ts';

const contracts = {
  ...infrastructureApi,
  ...serviceControlApi,
  ...imageApi,
  ...componentApi,
  ...serviceApi,
  ...callersApi,
};
const routes = routesOf(contracts);
const owned = routes.filter(({ name }) => !(name in withoutOwner));
const ofInfrastructures = owned.filter(({ route: { params } }) => !('diskName' in (params?.shape ?? {})));

const unknown: Ids = {
  infrastructureId: newInfrastructureId(),
  planId: newPlanId(),
  vmName: 'nobody',
  service: deployed.service,
  ...added,
  ...image,
  vmm: disk.vmm,
  diskName: brandId('DiskName', 'never-was'),
};

let platform: TriedPlatform;
/** Of infrastructures of Ana's: one for the operator, one for all others. */
let administered: Ids;
let shared: Ids;

beforeAll(async () => {
  platform = await TriedPlatform.start();
  administered = await platform.deploy('administered');
  shared = await platform.deploy('shared');
  await platform.keepDisk();
});
afterAll(() => platform[Symbol.asyncDispose]());

it('serves exactly the routes of its contracts, and those pinned as exceptions', async () => {
  const answer = await fetch(new URL('/openapi.json', platform.baseUrl));
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
  const namesOwned = ({ route }: Entry) => ofAnOwner.some((id) => id in (route.params?.shape ?? {}));
  const notOwned = routes.filter((entry) => !namesOwned(entry)).map(({ name }) => name);
  expect(Object.keys(withoutOwner).toSorted()).toEqual(notOwned.toSorted());
  const names = owned.map(({ name }) => name);
  for (const pinned of [ownerOnly, otherOutcomes])
    expect(names).toEqual(expect.arrayContaining(Object.keys(pinned)));
});

describe.each(routes)('$name', (entry) => {
  const right = 'token-of-the-operator';
  const wrong: Readonly<Record<string, string | undefined>> = {
    'no token': undefined,
    'a wrong token': 'Bearer not-the-token-of-the-operator',
    'an empty token': 'Bearer ',
    'the right token in another scheme': `Basic ${right}`,
    'the beginning of the right token': `Bearer ${right.slice(0, -1)}`,
  };
  it.each(Object.entries(wrong))('answers 401 to %s, and does nothing', async (_what, authorization) => {
    const before = await platform.state();
    const answer = await platform.call(entry, shared, authorization);
    expect(answer.status).toBe(401);
    expect(JSON.parse(answer.body)).toMatchObject({ status: 401, code: 'unauthenticated' });
    expect(await platform.state()).toEqual(before);
  });
});

/** The answer without the ids that were asked for, and whether all is as it was before. */
async function tryAs(caller: Caller, entry: Entry, ids: Ids) {
  const before = await platform.state();
  const { status, body } = await platform.as(caller, entry, ids);
  const { infrastructureId, planId, diskName } = ids;
  const text = Object.entries({ infrastructureId, planId, diskName }).reduce(
    (rest, [key, id]) => rest.replaceAll(id, key),
    body.replaceAll(/"(requestId|instance)":"[^"]*"/g, ''),
  );
  return { status, text, isUnchanged: isDeepStrictEqual(await platform.state(), before) };
}

/** The status that tells somebody who may call a route that they may. */
function statusOfAllowed({ name, route }: Entry): number {
  return otherOutcomes[name]?.status ?? route.status ?? 200;
}

async function statusAs(caller: Caller, entry: Entry, ids: Ids): Promise<number> {
  if (entry.name === 'removeDisk') await platform.keepDisk();
  return (await platform.as(caller, entry, ids)).status;
}

async function listed(caller: Caller, name: string): Promise<string> {
  const entry = routes.find((each) => each.name === name);
  return entry === undefined ? '' : (await platform.as(caller, entry, shared)).body;
}

const notThere = { status: 404, isUnchanged: true };
const refused = { status: 403, text: expect.stringContaining('ask its owner'), isUnchanged: true };

const isReading = ({ route: { access } }: Entry) => access !== 'public' && access.right.endsWith('.read');
const isOwnerOnly = ({ name }: Entry) => name in ownerOnly;
const isFirst = ({ name }: Entry) => ['addComponent', 'registerService'].includes(name);
const isLast = ({ name }: Entry) =>
  ['destroy', 'removeComponent', 'removeServiceVersion', 'deleteImage', 'removeDisk'].includes(name);
const isBetween = (entry: Entry) => !isFirst(entry) && !isLast(entry);

describe('a stranger', () => {
  it.each(owned)('is answered $name like what does not exist, and does nothing', async (entry) => {
    const answer = await tryAs('eva', entry, shared);
    expect(answer).toMatchObject(notThere);
    expect(answer).toEqual(await tryAs('eva', entry, unknown));
  });

  it('finds nothing of others in what is listed', async () => {
    expect(await listed('eva', 'list')).toBe('{"infrastructures":[]}');
    expect(await listed('eva', 'listDisks')).toBe('{"disks":[]}');
    expect(await listed('eva', 'listAllDeployedServices')).toBe('{"services":[]}');
  });
});

describe('a group that may read', () => {
  it.each(ofInfrastructures.filter(isReading))('may $name', async (entry) => {
    expect(await statusAs('rita', entry, shared)).toBe(statusOfAllowed(entry));
  });

  const others = ofInfrastructures.filter((entry) => !isReading(entry));
  it.each(others)('may not $name, is told to ask, and does nothing', async (entry) => {
    expect(await tryAs('rita', entry, shared)).toMatchObject(refused);
  });

  it('finds the infrastructure in the list, and not the owner’s disks', async () => {
    expect(await listed('rita', 'list')).toContain(shared.infrastructureId);
    expect(await listed('rita', 'listAllDeployedServices')).toContain(shared.infrastructureId);
    expect(await listed('rita', 'listDisks')).toBe('{"disks":[]}');
  });
});

describe('a group that may change', () => {
  const inGroup = ofInfrastructures.filter((entry) => isBetween(entry) && !isOwnerOnly(entry));
  it.each(inGroup)('may $name', async (entry) => {
    expect(await statusAs('carl', entry, shared)).toBe(statusOfAllowed(entry));
  });

  it.each(ofInfrastructures.filter(isOwnerOnly))('may not $name, and does nothing', async (entry) => {
    expect(await tryAs('carl', entry, shared)).toMatchObject(refused);
  });

  it.each(owned.filter((entry) => !ofInfrastructures.includes(entry)))(
    'may not $name, which are the owner’s, and is told nothing of them',
    async (entry) => {
      const answer = await tryAs('carl', entry, shared);
      expect(answer).toMatchObject(notThere);
      expect(answer).toEqual(await tryAs('carl', entry, unknown));
    },
  );
});

describe('the owner', () => {
  it('finds infrastructures and disks in the lists', async () => {
    expect(await listed('ana', 'list')).toContain(shared.infrastructureId);
    expect(await listed('ana', 'listDisks')).toContain(disk.diskName);
  });

  it.each([...owned.filter(isBetween), ...owned.filter(isLast)])('may $name', async (entry) => {
    expect(await statusAs('ana', entry, shared)).toBe(statusOfAllowed(entry));
  });
});

describe('an administrator', () => {
  it('finds what is somebody’s in the lists', async () => {
    await platform.keepDisk();
    expect(await listed('operator', 'list')).toContain(administered.infrastructureId);
    expect(await listed('operator', 'listDisks')).toContain(disk.diskName);
  });

  const tried = routes.filter(({ name }) => !(name in callersApi));
  const inOrder = [...tried.filter(isFirst), ...tried.filter(isBetween), ...tried.filter(isLast)];
  it.each(inOrder)('may $name, whoever’s it is', async (entry) => {
    expect(await statusAs('operator', entry, administered)).toBe(statusOfAllowed(entry));
  });
});
