import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Clock, systemClock } from '@trencadis/clock';
import { type ComponentRepository, openComponentRepository } from '@trencadis/component-repository';
import { packGar } from '@trencadis/component-repository/testing';
import type { ConfigurationJob, Configurator, RemoteShellDriver } from '@trencadis/contextualization';
import { createCloudInitConfigurator } from '@trencadis/configurator-cloud-init';
import { createPuppetConfigurator } from '@trencadis/configurator-puppet';
import { PlatformError } from '@trencadis/errors';
import { sha256OfText } from '@trencadis/ids';
import {
  ArtifactFiles,
  type ImageFinder,
  ImageService,
  createImageFinder,
  createMemoryCatalogStore,
  readCatalogEntries,
} from '@trencadis/image-catalog';
import { type InfrastructureStore, type StepWorld, createVault } from '@trencadis/infrastructure';
import {
  SimulatedGuest,
  createMemoryInfrastructureStore,
  fixedVmms,
} from '@trencadis/infrastructure/testing';
import { createLog } from '@trencadis/log';
import { parseSealingKey } from '@trencadis/sealing';
import { SimulatedBalancers } from './simulated-balancers.ts';
import { SimulatedScalingGroups } from './simulated-scaling-groups.ts';
import {
  type MemoryVmm,
  type MemoryVmmOptions,
  MemoryVmmWorld,
  createMemoryVmm,
} from '@trencadis/vmm-memory';

const root = new URL('../../', import.meta.url);
const pathOf = (relative: string) => fileURLToPath(new URL(relative, root));

export const keyServerDocument = await readFile(
  pathOf('service-descriptions/key-server/key-server.radl'),
  'utf8',
);
/** What the Key Server's component asks its deployer for. */
export const keyServerParameters = { 'token-issuers': [] };

export interface SimulatedPlatform extends AsyncDisposable {
  readonly world: StepWorld;
  readonly site: MemoryVmmWorld;
  readonly vmm: MemoryVmm;
  /** A second VM manager, `second`, preferred less. */
  readonly second: MemoryVmm;
  readonly catalog: ImageService;
  /** The catalog as planning asks it. */
  readonly images: ImageFinder;
  /** What the simulated configurator was asked to bring about, oldest first. */
  readonly configured: ConfigurationJob[];
  /** What is mounted in each VM, by its name. */
  readonly guests: ReadonlyMap<string, SimulatedGuest>;
  readonly balancers: SimulatedBalancers;
  readonly scalingGroups: SimulatedScalingGroups;
}

export interface SimulationOptions extends Omit<MemoryVmmOptions, 'clock' | 'world'> {
  readonly clock?: Clock;
  /** Default: one in memory. */
  readonly store?: InfrastructureStore;
  /** A site that is there already, as after a restart of the platform. */
  readonly site?: MemoryVmmWorld;
  readonly secondSite?: MemoryVmmWorld;
  /** Those of that site. */
  readonly balancers?: SimulatedBalancers;
  readonly scalingGroups?: SimulatedScalingGroups;
  /** The next configuration of a VM whose name holds this fails. */
  readonly failConfigurationOf?: string;
}

const sealingKey = parseSealingKey(Buffer.alloc(32, 7).toString('base64url'));

/** The platform's real parts on two simulated VM managers, with a shell and a configurator that only take note. */
export async function simulatePlatform({
  clock = systemClock,
  store = createMemoryInfrastructureStore(),
  site = new MemoryVmmWorld(),
  secondSite = new MemoryVmmWorld(),
  balancers = new SimulatedBalancers(clock, [site, secondSite]),
  scalingGroups = new SimulatedScalingGroups(),
  failConfigurationOf,
  ...manners
}: SimulationOptions = {}): Promise<SimulatedPlatform> {
  const folder = await mkdtemp(join(tmpdir(), 'trencadis-simulation-'));
  const vmm = createMemoryVmm({ clock, world: site, ...manners });
  const second = createMemoryVmm({ clock, world: secondSite });
  const vmms = new Map([
    ['memory', vmm],
    ['second', second],
  ]);
  const configured: ConfigurationJob[] = [];
  const guests = new Map<string, SimulatedGuest>();
  const world: StepWorld = {
    vmms: fixedVmms(vmms),
    shells: simulatedShells([vmm, second], guests),
    configurators: new Map([
      ['puppet', notingConfigurator(configured, failConfigurationOf)],
      ['cloud-init', createCloudInitConfigurator()],
    ]),
    components: await keyServerComponents(join(folder, 'components')),
    store,
    vault: createVault({ store, sealingKey, clock }),
    clock,
    balancers,
    scalingGroups,
  };
  const catalog = await tableOneCatalog(join(folder, 'images'));
  const images = createImageFinder(catalog, () => catalogAdmin);
  const dispose = async () => {
    await catalog[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  };
  const parts = { world, site, vmm, second, catalog, images, configured, guests, balancers, scalingGroups };
  return { ...parts, [Symbol.asyncDispose]: dispose };
}

/** Connects to VMs that run; their shells know disks and do nothing else. */
function simulatedShells(vmms: readonly MemoryVmm[], guests: Map<string, SimulatedGuest>): RemoteShellDriver {
  return {
    connect: async (endpoint) => {
      const { host } = endpoint;
      const up = vmms
        .flatMap(({ world }) => [...world.vms.values()])
        .find((vm) => vm.isOn && vm.addresses.some(({ address }) => address === host));
      if (!up) throw new PlatformError('unavailable', `Nothing answers at ${host}.`, { subject: host });
      const guest = guests.get(up.spec.name) ?? new SimulatedGuest();
      guests.set(up.spec.name, guest);
      return {
        endpoint,
        ...guest.shell,
        getFile: async () => Buffer.alloc(0),
        close: async () => undefined,
      };
    },
  };
}

function notingConfigurator(configured: ConfigurationJob[], failing: string | undefined): Configurator {
  const puppet = createPuppetConfigurator({ modulesDirectory: pathOf('service-descriptions/modules') });
  let toFail = failing;
  return {
    name: 'puppet',
    inspect: (...asked) => puppet.inspect(...asked),
    configure: async (_shell, job) => {
      if (toFail !== undefined && job.vmName.includes(toFail)) {
        toFail = undefined;
        throw new PlatformError(
          'invalid-argument',
          `Resource Deploy_gs[x] of ${job.vmName} failed: no space left.`,
        );
      }
      configured.push(job);
    },
  };
}

async function keyServerComponents(directory: string): Promise<ComponentRepository> {
  const components = openComponentRepository({ directory });
  const manifest = await readFile(pathOf('apps/key-server/component.json'), 'utf8');
  const archive = await packGar({ 'component.json': manifest, 'main.mjs': '' });
  const database = await readFile(pathOf('imaging/key-server/database.sql'));
  await components.add({
    fileName: 'Key_Server_Grid_Service.gar',
    version: '1.0.0',
    description: 'Key Server',
    content: archive,
  });
  await components.add({
    fileName: 'database.sql',
    version: '1.0.0',
    description: 'SQL Keys database',
    content: database,
  });
  return components;
}

export const catalogAdmin = { user: 'operator', groups: [], isAdmin: true };

/** The paper's Table 1, with every image bootable on the simulated VM manager. */
async function tableOneCatalog(folder: string): Promise<ImageService> {
  const store = createMemoryCatalogStore();
  const log = createLog({ name: 'catalog', level: 'silent' });
  const catalog = await ImageService.open({
    store,
    files: new ArtifactFiles(folder),
    clock: systemClock,
    log,
  });
  for (const { id, name, description, labels = {}, ...metadata } of await readCatalogEntries(
    pathOf('images'),
  )) {
    const artifacts = [{ vmm: 'memory', location: id, digest: sha256OfText(id) }];
    await catalog.register(catalogAdmin, { id, name, description, labels, metadata, artifacts });
  }
  return catalog;
}
