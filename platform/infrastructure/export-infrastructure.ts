import { randomBytes } from 'node:crypto';
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
});

const memberSchema = z.object({
  systemId: z.string(),
  number: z.number().int().positive(),
  ordinal: z.number().int().nonnegative(),
  vmm: z.string(),
  isStopped: z.boolean().exactOptional(),
  alteration: z
    .object({
      cpuCount: z.number().positive().exactOptional(),
      memoryMiB: z.number().positive().exactOptional(),
      disks: z.array(diskSchema).exactOptional(),
    })
    .exactOptional(),
});

/** An infrastructure as it is carried to another platform. Its keys and secrets are sealed under a passphrase. */
export const bundleSchema = z.object({
  format: z.literal(format),
  id: id('InfrastructureId'),
  name: z.string(),
  document: documentSchema,
  members: z.array(memberSchema),
  nextOrdinal: z.number().int().nonnegative(),
  usage: z.object({ vms: z.number(), cpuCount: z.number(), memoryMiB: z.number() }),
  vmms: z.array(z.string()),
  shares: z.array(shareSchema),
  configured: z.record(z.string(), z.record(z.string(), id('Sha256'))),
  salt: z.string(),
  /** JSON of all secrets by name, sealed. */
  secrets: z.string(),
});
export type InfrastructureBundle = z.output<typeof bundleSchema>;

type World = Pick<StepWorld, 'store' | 'vault' | 'vmms' | 'clock'>;

/** Everything that another platform needs to go on with it. Nothing changes here. */
export async function exportInfrastructure(
  { store, vault }: World,
  infrastructure: Infrastructure,
  passphrase: string,
): Promise<InfrastructureBundle> {
  const { id: infrastructureId, name, radl, dialect, parameters } = infrastructure;
  const { members, nextOrdinal, usage, vmms, shares } = infrastructure;
  const salt = randomBytes(saltByteCount);
  const key = await sealingKeyOfPassphrase(passphrase, salt);
  const secrets = await vault.takeOut(infrastructureId);
  return {
    format,
    id: infrastructureId,
    name,
    document: { radl, dialect, parameters: { ...parameters } },
    members: members.map((member) => memberSchema.parse(member)),
    nextOrdinal,
    usage: { ...usage },
    vmms: [...vmms],
    shares: [...shares],
    configured: mutable(await store.configuredKeys(infrastructureId)),
    salt: salt.toString('base64url'),
    secrets: seal(Buffer.from(JSON.stringify(secrets), 'utf8'), key, infrastructureId),
  };
}

function mutable(keys: ConfiguredKeys): InfrastructureBundle['configured'] {
  return Object.fromEntries(Object.entries(keys).map(([name, stages]) => [name, { ...stages }]));
}

/**
 * Takes an infrastructure up from another platform, which must not act on it any more. Its VM managers must be here
 * under the same keys, for its new owner to deploy on: `conflict`. One of that id is here: `already-exists`. Wrong
 * passphrase: `forbidden`.
 */
export async function importInfrastructure(
  { store, vault, vmms, clock }: World,
  bundle: InfrastructureBundle,
  { passphrase, owner, groups }: Importing,
): Promise<Infrastructure> {
  const secrets = await unseal(bundle, passphrase);
  const places = [...bundle.vmms, ...bundle.members.map(({ vmm }) => vmm)];
  refuseOthersSites(places, await vmms.offeredTo({ owner, groups }));
  if (await store.find(bundle.id)) {
    const message = `Infrastructure ${bundle.id} is known here already, or was: it cannot be imported twice.`;
    throw new PlatformError('already-exists', message, { subject: bundle.id });
  }
  const { document, name, members, nextOrdinal, usage, shares } = bundle;
  const infrastructure: Infrastructure = {
    ...document,
    id: bundle.id,
    name,
    owner,
    members,
    nextOrdinal,
    refusals: [],
    usage,
    vmms: bundle.vmms,
    shares,
    createdAt: clock.now(),
    isDestroyRequested: false,
  };
  await store.insert(infrastructure);
  await vault.putIn(bundle.id, secrets);
  for (const [vm, stages] of Object.entries(bundle.configured))
    for (const [stage, key] of Object.entries(stages))
      await store.setConfigured(bundle.id, { name: brandId('VmName', vm), stage, key });
  return infrastructure;
}

interface Importing {
  readonly passphrase: string;
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
