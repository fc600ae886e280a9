import { randomBytes } from 'node:crypto';
import { parseInstant } from '@trencadis/clock';
import { PlatformError } from '@trencadis/errors';
import { brandId } from '@trencadis/ids';
import { open, seal, sealingKeyOfPassphrase } from '@trencadis/sealing';
import type { VmmOffer } from '@trencadis/vmm';
import { z } from 'zod';
import { documentSchema, id, shareSchema } from './api-schemas.ts';
import type { ConfiguredKeys, Infrastructure } from './model.ts';
import type { StepWorld } from './step-world.ts';

const format = 'trencadis-infrastructure@1';
const saltByteCount = 16;

const diskSchema = z.object({
  index: z.number().int(),
  sizeGiB: z.number().positive(),
  mountPath: z.string(),
  isPersistent: z.boolean(),
  fsType: z.string().exactOptional(),
});

const memberSchema = z.object({
  systemId: z.string(),
  number: z.number().int().positive(),
  ordinal: z.number().int().nonnegative(),
  vmm: z.string(),
  isStopped: z.boolean().exactOptional(),
  isStandby: z.boolean().exactOptional(),
  alteration: z
    .object({
      cpuCount: z.number().positive().exactOptional(),
      memoryMiB: z.number().positive().exactOptional(),
      disks: z.array(diskSchema).exactOptional(),
    })
    .exactOptional(),
});

const content = {
  format: z.literal(format),
  id: id('InfrastructureId'),
  name: z.string(),
  createdAt: z.iso.datetime().exactOptional(),
  document: documentSchema,
  members: z.array(memberSchema),
  nextOrdinal: z.number().int().nonnegative(),
  usage: z.object({ vms: z.number(), cpuCount: z.number(), memoryMiB: z.number() }),
  replicas: z.record(z.string(), z.record(z.string(), z.number())).exactOptional(),
  components: z.record(z.string(), id('Sha256')).exactOptional(),
  vmms: z.array(z.string()),
  shares: z.array(shareSchema),
  configured: z.record(z.string(), z.record(z.string(), id('Sha256'))),
  /** JSON of all secrets by name, sealed. */
  secrets: z.string(),
};

/** An infrastructure as it is carried to another platform. Its keys and secrets are sealed under a passphrase. */
export const bundleSchema = z.object({ ...content, salt: z.string() });
export type InfrastructureBundle = z.output<typeof bundleSchema>;

/** The same for a platform with the same sealing key, that they are sealed with. */
const peerBundleSchema = z.object({ ...content, sealedWith: z.literal('platform-key') });
export type PeerBundle = z.output<typeof peerBundleSchema>;
type Content = Omit<PeerBundle, 'sealedWith'>;

type World = Pick<StepWorld, 'store' | 'vault' | 'vmms' | 'clock'>;

/** Everything that another platform needs to go on with it. Nothing changes here. */
export async function exportInfrastructure(
  world: World,
  infrastructure: Infrastructure,
  passphrase: string,
): Promise<InfrastructureBundle> {
  const salt = randomBytes(saltByteCount);
  const key = await sealingKeyOfPassphrase(passphrase, salt);
  const text = JSON.stringify(await world.vault.takeOut(infrastructure.id));
  const secrets = seal(Buffer.from(text, 'utf8'), key, infrastructure.id);
  return { ...(await contentOf(world, infrastructure, secrets)), salt: salt.toString('base64url') };
}

/** As {@link exportInfrastructure}, for a platform with the same sealing key. */
export async function exportToPeer(world: World, infrastructure: Infrastructure): Promise<PeerBundle> {
  const secrets = await world.vault.takeOutSealed(infrastructure.id);
  return { ...(await contentOf(world, infrastructure, secrets)), sealedWith: 'platform-key' };
}

async function contentOf(
  { store }: World,
  infrastructure: Infrastructure,
  secrets: string,
): Promise<Content> {
  const { id: infrastructureId, name, radl, dialect, parameters } = infrastructure;
  const { members, nextOrdinal, usage, replicas, components, vmms, shares } = infrastructure;
  return {
    format,
    id: infrastructureId,
    name,
    createdAt: infrastructure.createdAt.toISOString(),
    document: { radl, dialect, parameters: { ...parameters } },
    members: members.map((member) => memberSchema.parse(member)),
    nextOrdinal,
    usage: { ...usage },
    ...(replicas ? { replicas: structuredClone(replicas) } : {}),
    ...(components ? { components: { ...components } } : {}),
    vmms: [...vmms],
    shares: [...shares],
    configured: mutable(await store.configuredKeys(infrastructureId)),
    secrets,
  };
}

function mutable(keys: ConfiguredKeys): InfrastructureBundle['configured'] {
  return Object.fromEntries(Object.entries(keys).map(([name, stages]) => [name, { ...stages }]));
}

/**
 * Takes an infrastructure up from another platform, which must not act on it any more. Its VM managers must be here
 * under the same keys, for its new owner to deploy on: `conflict`. One of that id is or was here, and was not released
 * by that owner: `already-exists`. Wrong passphrase: `forbidden`.
 */
export async function importInfrastructure(
  world: World,
  bundle: InfrastructureBundle,
  { passphrase, ...importer }: Importer & { readonly passphrase: string },
): Promise<Infrastructure> {
  return takeUp(world, bundle, { secrets: await unseal(bundle, passphrase), importer });
}

/** As {@link importInfrastructure}, of what {@link exportToPeer} answered; anything else: `invalid-argument`. */
export async function importFromPeer(
  world: World,
  given: unknown,
  importer: Importer,
): Promise<Infrastructure> {
  const parsed = peerBundleSchema.safeParse(given);
  if (!parsed.success) {
    const message =
      "This is no export of a platform with this one's key: carry the infrastructure with 'trencadis export' and 'trencadis import', under a passphrase.";
    throw new PlatformError('invalid-argument', message, { cause: parsed.error });
  }
  const bundle = parsed.data;
  return takeUp(world, bundle, { secrets: world.vault.openSealed(bundle.id, bundle.secrets), importer });
}

interface TakingUp {
  readonly secrets: Readonly<Record<string, string>>;
  readonly importer: Importer;
}

async function takeUp(
  { store, vault, vmms, clock }: World,
  bundle: Content,
  { secrets, importer: { owner, groups } }: TakingUp,
): Promise<Infrastructure> {
  const places = [...bundle.vmms, ...bundle.members.map(({ vmm }) => vmm)];
  refuseOthersSites(places, await vmms.offeredTo({ owner, groups }));
  const before = await store.find(bundle.id);
  refuseKnown(before, owner);
  const { document, name, members, nextOrdinal, usage, replicas, components, shares } = bundle;
  const infrastructure: Infrastructure = {
    ...document,
    id: bundle.id,
    name,
    owner,
    members,
    nextOrdinal,
    refusals: [],
    usage,
    ...(replicas ? { replicas } : {}),
    ...(components ? { components } : {}),
    vmms: bundle.vmms,
    shares,
    // Its certificates are as old as it is.
    createdAt: bundle.createdAt === undefined ? clock.now() : parseInstant(bundle.createdAt),
    isDestroyRequested: false,
  };
  await (before ? store.takeUp(infrastructure) : store.insert(infrastructure));
  await vault.putIn(bundle.id, secrets);
  await keepConfigured(store, bundle);
  return infrastructure;
}

/** An id is the way to VMs, also at a VM manager that many share: nobody else takes it up by knowing it. */
function refuseKnown(known: Infrastructure | undefined, owner: string): void {
  if (known === undefined || (known.releasedAt && known.owner === owner)) return;
  const message = `Infrastructure ${known.id} is known here already, or was: it cannot be imported, unless its owner released it and imports it again.`;
  throw new PlatformError('already-exists', message, { subject: known.id });
}

/** What was configured here before it was released counts no more. */
async function keepConfigured(store: World['store'], { id: place, configured }: Content): Promise<void> {
  for (const name of Object.keys(await store.configuredKeys(place)))
    await store.clearConfigured(place, brandId('VmName', name));
  for (const [vm, stages] of Object.entries(configured))
    for (const [stage, key] of Object.entries(stages))
      await store.setConfigured(place, { name: brandId('VmName', vm), stage, key });
}

export interface Importer {
  /** Who has it from now on, and their groups. */
  readonly owner: string;
  readonly groups: readonly string[];
}

/** What a bundle says is the caller's word; machines at another's cloud are not to be reached by it. */
function refuseOthersSites(places: readonly string[], offers: readonly VmmOffer[]): void {
  const own = new Set(offers.map(({ key }) => key));
  const other = places.find((vmm) => !own.has(vmm));
  if (other === undefined) return;
  const message = `You have no VM manager '${other}', where this infrastructure is: add it under that name first (trencadis cloud add).`;
  throw new PlatformError('conflict', message, { subject: other });
}

async function unseal(
  { id: place, salt, secrets }: InfrastructureBundle,
  passphrase: string,
): Promise<Readonly<Record<string, string>>> {
  const key = await sealingKeyOfPassphrase(passphrase, Buffer.from(salt, 'base64url'));
  try {
    return z.record(z.string(), z.string()).parse(JSON.parse(open(secrets, key, place).toString('utf8')));
  } catch (cause) {
    const message = 'The passphrase is not the one with which this infrastructure was exported.';
    throw new PlatformError('forbidden', message, { subject: place, cause });
  }
}
