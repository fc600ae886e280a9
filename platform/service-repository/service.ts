import type { Clock } from '@trencadis/clock';
import { PlatformError } from '@trencadis/errors';
import { type Sha256, type VmiId, sha256OfJson } from '@trencadis/ids';
import { type ServiceOffers, missingNeeds, vmisOf } from './check-needs.ts';
import type {
  ParameterValue,
  Registration,
  Rendering,
  Service,
  ServiceDescription,
  ServiceProblem,
  ServiceVersion,
} from './model.ts';
import { renderService } from './render.ts';
import type { ServiceStore } from './store.ts';
import { validateService } from './validate.ts';

export interface ServiceRepositoryParts {
  readonly store: ServiceStore;
  /** What the other two repositories have now; of these images, which. */
  readonly offers: (vmis: readonly VmiId[]) => Promise<ServiceOffers>;
  /** The descriptions that come with the platform. */
  readonly own: () => Promise<readonly ServiceDescription[]>;
  readonly clock: Clock;
}

/** One of the platform's own descriptions that the repositories here do not allow yet, and why. */
export interface WaitingService {
  readonly name: string;
  readonly version: string;
  readonly problems: readonly ServiceProblem[];
}

/** The repository of service descriptions (paper 4.3). Versions never change. */
export interface ServiceRepository {
  /** By name, and the own descriptions that are not registered, with the reasons as of now. */
  list(): Promise<{ readonly services: readonly Service[]; readonly waiting: readonly WaitingService[] }>;
  /** Throws `not-found`. */
  get(name: string): Promise<Service>;
  /** Everything that would keep it from being registered. */
  validate(description: ServiceDescription): Promise<readonly ServiceProblem[]>;
  /** The same content twice: unchanged. Throws `conflict` for other content under a version that is there. */
  register(description: ServiceDescription): Promise<Registration>;
  /** Throws `not-found`. */
  remove(name: string, version: string): Promise<void>;
  /** The version that is asked for, else the newest released one, else the newest draft. Throws `not-found`. */
  render(
    name: string,
    request: { readonly version?: string; readonly values: Readonly<Record<string, ParameterValue>> },
  ): Promise<Rendering>;
  /** Registers the own descriptions that may be. One that changed under its version becomes its next build: `0.1.0+1`. */
  importOwn(): Promise<void>;
  /** Answers of each of these versions what it needs and is not in the other repositories now. */
  missingNow(
    versions: readonly ServiceDescription[],
  ): Promise<(version: ServiceDescription) => readonly string[]>;
}

export function createServiceRepository(parts: ServiceRepositoryParts): ServiceRepository {
  const { store, offers } = parts;
  const get = async (name: string): Promise<Service> => {
    const [service] = servicesOf(await store.listVersions(name));
    return service ?? notFound(`There is no service '${name}'; see trencadis service list.`, name);
  };
  return {
    list: async () => ({ services: servicesOf(await store.list()), waiting: await waitingOf(parts) }),
    get,
    validate: async (description) => validateService(description, await offers(vmisOf(description))),
    register: (description) => register(parts, description),
    remove: async (name, version) => {
      if (!(await store.remove(name, version)))
        notFound(`There is no version ${version} of a service '${name}'.`, name);
    },
    render: async (name, { version, values }) => {
      const chosen = chooseVersion(await get(name), version);
      const rendered = renderService(chosen, values);
      return rendered.kind === 'problems' ? rendered : { ...rendered, version: chosen.version };
    },
    importOwn: async () => {
      for (const description of await parts.own()) await importOne(parts, description);
    },
    missingNow: async (versions) => {
      const now = await offers(versions.flatMap(vmisOf));
      return (version) => Object.values(missingNeeds(version, now)).flat();
    },
  };
}

function servicesOf(versions: readonly ServiceVersion[]): readonly Service[] {
  return [...Map.groupBy(versions, ({ name }) => name).entries()].flatMap(([name, ofOne]) => {
    const newest = ofOne.at(-1);
    if (newest === undefined) return [];
    return [{ name, title: newest.title, description: newest.description, versions: ofOne }];
  });
}

function chooseVersion({ name, versions }: Service, asked: string | undefined): ServiceVersion {
  const chosen =
    asked === undefined
      ? (versions.findLast(({ status }) => status.kind === 'released') ?? versions.at(-1))
      : versions.find(({ version }) => version === asked);
  const known = versions.map(({ version }) => version).join(', ');
  return chosen ?? notFound(`Service '${name}' has no version ${asked}; there are ${known}.`, name);
}

async function register(
  { store, offers, clock }: ServiceRepositoryParts,
  description: ServiceDescription,
): Promise<Registration> {
  const { name, version } = description;
  const digest = digestOf(description);
  const known = (await store.listVersions(name)).find((each) => each.version === version);
  if (known === undefined) {
    const problems = validateService(description, await offers(vmisOf(description)));
    if (problems.length > 0) return { kind: 'problems', problems };
  }
  const kept = known ?? (await store.insert({ ...description, digest, registeredAt: clock.now() }));
  if (kept.digest === digest) return { kind: known === undefined ? 'registered' : 'unchanged', version };
  throw new PlatformError(
    'conflict',
    `Version ${version} of service '${name}' is registered with other content; give yours another version.`,
    { subject: name },
  );
}

async function importOne(parts: ServiceRepositoryParts, description: ServiceDescription): Promise<void> {
  const newest = await newestBuildOf(parts.store, description);
  if (newest?.digest === digestOf(description)) return;
  const build = newest === undefined ? undefined : Number(newest.version.split('+')[1] ?? 0) + 1;
  const version = build === undefined ? description.version : `${description.version}+${build}`;
  await register(parts, { ...description, version });
}

async function newestBuildOf(
  store: ServiceStore,
  { name, version }: ServiceDescription,
): Promise<ServiceVersion | undefined> {
  const versions = await store.listVersions(name);
  return versions.findLast((each) => each.version.split('+')[0] === version);
}

async function waitingOf({ store, offers, own }: ServiceRepositoryParts): Promise<readonly WaitingService[]> {
  const waiting: WaitingService[] = [];
  const descriptions = await own();
  const now = await offers(descriptions.flatMap(vmisOf));
  for (const description of descriptions) {
    const { name, version } = description;
    if ((await newestBuildOf(store, description))?.digest === digestOf(description)) continue;
    const problems = validateService(description, now);
    waiting.push({ name, version, problems });
  }
  return waiting;
}

/** The same content has the same digest under every version. */
function digestOf(description: ServiceDescription): Sha256 {
  return sha256OfJson({ ...description, version: '' });
}

function notFound(message: string, subject: string): never {
  throw new PlatformError('not-found', message, { subject });
}
