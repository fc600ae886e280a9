import { createPlatformServer } from '@trencadis/app-platform-api/create-server';
import { systemClock } from '@trencadis/clock';
import { createDeliveryGrants } from '@trencadis/component-repository';
import { type Contract, type Route, listen } from '@trencadis/http';
import { brandId } from '@trencadis/ids';
import { StatusCache } from '@trencadis/infrastructure';
import { createLog } from '@trencadis/log';
import {
  type ServiceRepository,
  createMemoryServiceStore,
  createServiceRepository,
} from '@trencadis/service-repository';
import { catalogAdmin } from '../deployment/simulated-platform.ts';
import { SimulatedService, keyServerRequest } from '../deployment/simulated-service.ts';
import { createKnownCallers } from './known-callers.ts';
import { createKnownServices, keepService } from './known-services.ts';
import {
  added,
  bodyFor,
  deployed,
  disk,
  image,
  imageMetadata,
  keyServer,
  queries,
  shares,
} from './valid-requests.ts';

export interface Ids {
  readonly infrastructureId: string;
  readonly planId: string;
  readonly vmName: string;
  readonly service: string;
  readonly fileName: string;
  readonly version: string;
  readonly imageId: string;
  readonly number: string;
  readonly digest: string;
  readonly channel: string;
  readonly name: string;
  readonly vmm: string;
  readonly diskName: string;
}

export interface Answer {
  readonly status: number;
  readonly body: string;
}

export type Entry = { readonly name: string; readonly route: Route };

/** Who owns, two with whom it is shared, and one who has nothing to do with it. */
const accounts = { ana: [], rita: ['readers'], carl: ['changers'], eva: ['strangers'] };
export type Caller = keyof typeof accounts | 'operator';

export function routesOf(contracts: Contract): readonly Entry[] {
  return Object.entries(contracts).map(([name, route]) => ({ name, route }));
}

/** The platform's server over a simulated site, with infrastructures of Ana's that she shares. */
export class TriedPlatform implements AsyncDisposable {
  readonly simulated: SimulatedService;
  readonly #services: ServiceRepository;
  readonly #deployed = createKnownServices();
  readonly #stop = new AbortController();
  #baseUrl = '';
  readonly #tokens = new Map<Caller, string>([['operator', 'token-of-the-operator']]);

  private constructor(simulated: SimulatedService) {
    this.simulated = simulated;
    this.#services = servicesOf(simulated.platform);
  }

  static async start(): Promise<TriedPlatform> {
    const tried = new TriedPlatform(await SimulatedService.start());
    await tried.#serve();
    return tried;
  }

  get baseUrl(): string {
    return this.#baseUrl;
  }

  tokenOf(caller: Caller): string {
    return this.#tokens.get(caller) ?? '';
  }

  async #serve(): Promise<void> {
    const { service, sagas, platform } = this.simulated;
    const artifacts = [{ vmm: 'memory', location: '', digest: image.digest }];
    const awaited = { id: brandId('VmiId', image.imageId), name: 'Awaited', description: '' };
    await platform.catalog.register(catalogAdmin, { ...awaited, metadata: imageMetadata, artifacts });
    const grants = createDeliveryGrants({ key: Buffer.alloc(32, 1), clock: systemClock });
    const known = createKnownCallers();
    const server = await createPlatformServer({
      log: createLog({ name: 'authorization', level: 'silent' }),
      signal: this.#stop.signal,
      operatorToken: this.tokenOf('operator'),
      service,
      sagas,
      statuses: new StatusCache(service, systemClock),
      deployedServices: this.#deployed,
      noted: { write: async () => undefined },
      world: platform.world,
      images: { service: platform.catalog, importImages: async () => ({ taken: [], left: [] }) },
      components: {
        repository: platform.world.components,
        delivery: { grants, baseUrl: 'https://127.0.0.1:1', authorityPem: '' },
      },
      services: this.#services,
      tokenIssuers: [],
      ...known,
    });
    this.#baseUrl = await listen(server, { host: '127.0.0.1', port: 0 });
    const by = { owner: 'operator' };
    for (const [name, groups] of Object.entries(accounts) as [keyof typeof accounts, string[]][]) {
      await known.accounts.create(by, { name, groups, isAdmin: false });
      const { text } = await known.accounts.issueToken(by, name, { name: 'tests', expiresInDays: 1 });
      this.#tokens.set(name, text);
    }
  }

  /** Of an infrastructure of Ana's that is deployed, shared, and has a disk that outlives it. */
  async deploy(name: string): Promise<Ids> {
    const { service } = this.simulated;
    const planning = await service.plan({ ...keyServerRequest, name }, AbortSignal.timeout(5_000));
    if (planning.kind !== 'planned') throw new Error(JSON.stringify(planning.diagnostics));
    const { infrastructure, plan } = planning;
    await this.simulated.apply(plan);
    const outcome = await this.simulated.wait(plan);
    if (outcome !== 'succeeded') throw new Error(`The plan ended ${outcome}.`);
    await service.changeTerms(infrastructure.id, { shares, actor: 'ana' });
    await keepService(this.#deployed.store, infrastructure.id);
    return {
      infrastructureId: infrastructure.id,
      planId: plan.id,
      vmName: `${infrastructure.id}-gt4-java-ant-1`,
      service: deployed.service,
      ...added,
      ...image,
      ...disk,
    };
  }

  /** A disk of Ana's that no VM holds; there already: nothing. */
  async keepDisk(): Promise<void> {
    const { vmm, world } = this.simulated.platform;
    const { vmm: key, diskName: name } = disk;
    const about = { owner: 'ana', infrastructureName: 'gone', createdAt: systemClock.now() };
    await world.store.notePersistentDisk({ vmm: key, name, sizeGiB: 1, ...about });
    const tag = brandId('Tag', 'trencadis-persistent');
    await vmm.disks.createDisk({ name, tag, sizeGiB: 1 }, AbortSignal.timeout(5_000));
  }

  as(caller: Caller, entry: Entry, ids: Ids): Promise<Answer> {
    return this.call(entry, ids, `Bearer ${this.tokenOf(caller)}`);
  }

  async call({ name, route }: Entry, ids: Ids, authorization?: string): Promise<Answer> {
    const path = route.path.replaceAll(/\{(\w+)\}/g, (_, key: keyof Ids) => ids[key]);
    const body = bodyFor(name);
    const mediaType = route.upload === true ? 'application/octet-stream' : 'application/json';
    const response = await fetch(new URL(`${path}${queries[name] ?? ''}`, this.#baseUrl), {
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

  /** All that a request might have changed. */
  async state(): Promise<readonly string[]> {
    const { world, site, catalog } = this.simulated.platform;
    const infrastructures = await world.store.list({ owner: 'operator', groups: [], isAdmin: true });
    const plans = await Promise.all(infrastructures.map(({ id }) => world.store.listPlans(id)));
    return [
      ...site.leftovers().toSorted(),
      ...(await world.components.list()).map(({ digest }) => digest),
      ...(await this.#services.list()).services.map(({ name }) => name),
      JSON.stringify(await catalog.list(catalogAdmin, { limit: 100 })),
      JSON.stringify(await this.#deployed.store.listGroups()),
      JSON.stringify([infrastructures, plans, await world.store.listPersistentDisks(undefined)]),
    ];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.simulated[Symbol.asyncDispose]();
  }
}

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
