import { PlatformError } from '@trencadis/errors';
import { newUuid } from '@trencadis/ids';
import { generateSshKeyPair } from '@trencadis/ssh-keys';
import type { VmSpec } from '@trencadis/vmm';
import { type BaseImage, baseImage } from './base-images.ts';
import { checkSpec } from './check-spec.ts';
import { planDisks } from './claims.ts';
import { type DomainPlan, type HostFacts, domainXml } from './domain-xml.ts';
import { type Domain, findDomain, getDomain, isActive, setPhase } from './domains.ts';
import { complaintOf, heldByOther } from './errors.ts';
import type { Facts } from './facts.ts';
import { checkRoom, hostFacts } from './host.ts';
import { type PlannedInterface, planInterfaces, reserve } from './reservations.ts';
import { withSeedImage } from './seed.ts';
import type { Site } from './site.ts';
import { volumeNames } from './volume-names.ts';

/**
 * 1. All that can be refused is. 2. The name is claimed: a domain is defined, and from then on `deleteVm` finds
 * everything. 3. Addresses, disks and the seed are made under names of this attempt, and the domain is defined again with
 * them and its host key: that is when it is made. 4. It is started, and that is written down. Each part is skipped when
 * it is done, so that asking again finishes what was cut off.
 */
export async function createVm(site: Site, spec: VmSpec, signal: AbortSignal): Promise<Domain> {
  checkSpec(spec);
  const existing = await findDomain(site, spec.name, signal);
  if (existing === 'foreign') throw heldByOther('VM', spec.name, undefined);
  if (existing !== undefined && existing.facts.tag !== spec.tag) {
    throw heldByOther('VM', spec.name, existing.facts.tag);
  }
  const made =
    existing !== undefined && existing.facts.hostKeys.length > 0
      ? existing
      : await finish(site, spec, existing, signal);
  if (made.phase !== 'new') return made;
  if (!isActive(made)) await startUnlessActive(site, made, signal);
  await setPhase(site, await getDomain(site, spec.name, signal), 'started', signal);
  return getDomain(site, spec.name, signal);
}

/** What is asked of libvirt before anything is made. */
interface Preparation {
  readonly image: BaseImage;
  readonly planned: readonly PlannedInterface[];
  readonly host: HostFacts;
}

async function finish(
  site: Site,
  spec: VmSpec,
  existing: Domain | undefined,
  signal: AbortSignal,
): Promise<Domain> {
  const image = await baseImage(site, existing?.facts.image ?? spec.image, signal);
  const planned = await planInterfaces(site, spec.name, spec.interfaces, signal);
  const prepared = { image, planned, host: await hostFacts(site, signal) };
  const domain = existing ?? (await claim(site, spec, prepared, signal));
  return domain.facts.hostKeys.length > 0 ? domain : make(site, spec, { ...prepared, domain }, signal);
}

async function claim(
  site: Site,
  spec: VmSpec,
  { image, host }: Preparation,
  signal: AbortSignal,
): Promise<Domain> {
  await site.mutex.run('claims', async () => {
    const disks = await planDisks(site, spec, [], signal);
    await checkRoom(site, { name: spec.name, memoryMiB: spec.memoryMiB }, signal);
    const interfaces = spec.interfaces.map(({ network }) => ({ network, source: network, mac: unknownMac }));
    const facts = { ...factsOf(spec, image), interfaces, disks };
    try {
      await define(site, { ...planOf(spec), facts, phase: 'new' }, host, signal);
    } catch (error) {
      // Another process has claimed it at this moment: what it asks for is looked at below.
      if (!/already exists/.test(complaintOf(error))) throw error;
    }
  });
  const domain = await getDomain(site, spec.name, signal);
  if (domain.facts.tag === spec.tag) return domain;
  throw heldByOther('VM', spec.name, domain.facts.tag);
}

/** Until the addresses are reserved, of which it is made. */
const unknownMac = '52:54:00:00:00:01';

function factsOf(spec: VmSpec, image: BaseImage): Facts {
  return {
    tag: spec.tag,
    hostName: spec.hostName,
    user: spec.login.user,
    image: spec.image,
    hostKeys: [],
    attempt: newUuid().slice(0, 8),
    ...(image.boot === undefined ? {} : { boot: image.boot }),
    interfaces: [],
    disks: [],
  };
}

const planOf = ({ name, cpuCount, memoryMiB }: VmSpec) => ({ name, cpuCount, memoryMiB });

async function make(
  site: Site,
  spec: VmSpec,
  { image, planned, host, domain }: Preparation & { readonly domain: Domain },
  signal: AbortSignal,
): Promise<Domain> {
  const interfaces = await reserve(site, spec.name, planned, signal);
  const attempt = newUuid().slice(0, 8);
  const hostKey = generateSshKeyPair(spec.hostName);
  await makeVolumes(site, spec, { attempt, image, hostKey, macs: interfaces.map(({ mac }) => mac) }, signal);
  const [type = '', key = ''] = hostKey.publicKey.split(' ');
  const facts: Facts = { ...domain.facts, attempt, interfaces, hostKeys: [`${type} ${key}`] };
  const plan = { ...planOf(spec), uuid: domain.uuid, facts, phase: 'new' } as const;
  const current = await getDomain(site, spec.name, signal);
  // Another process was faster; what this one has made goes with the VM.
  if (current.facts.hostKeys.length > 0) return current;
  await define(site, plan, host, signal);
  return getDomain(site, spec.name, signal);
}

interface VolumePlan {
  readonly attempt: string;
  readonly image: BaseImage;
  readonly hostKey: ReturnType<typeof generateSshKeyPair>;
  readonly macs: readonly string[];
}

async function makeVolumes(
  { pool }: Site,
  spec: VmSpec,
  { attempt, image, hostKey, macs }: VolumePlan,
  signal: AbortSignal,
): Promise<void> {
  const name = (part: 'root' | 'seed' | 'console') => volumeNames.vm(spec.name, attempt, part);
  const { path, format, capacityBytes } = image.volume;
  await pool.create(
    { name: name('root'), capacityBytes, format: 'qcow2', backing: { path, format } },
    signal,
  );
  await pool.create({ name: name('console'), capacityBytes: 0, format: 'raw' }, signal);
  await pool.create({ name: name('seed'), capacityBytes: 0, format: 'raw' }, signal);
  const seed = { spec, hostKey, instanceId: `${spec.name}-${attempt}`, macs, isOfVm: image.isOfVm };
  await withSeedImage(seed, signal, (file) => pool.upload(name('seed'), file, signal));
}

export async function define(
  { virsh }: Site,
  plan: DomainPlan,
  host: HostFacts,
  signal: AbortSignal,
): Promise<void> {
  await virsh.withFile(domainXml(plan, host), (file) => virsh.run(['define', file], { signal }));
}

export async function startUnlessActive(
  { virsh }: Site,
  { name }: Domain,
  signal: AbortSignal,
): Promise<void> {
  try {
    await virsh.run(['start', name], { signal, timeoutMs: 120_000 });
  } catch (error) {
    if (/already (active|running)/.test(complaintOf(error))) return;
    throw startProblem(name, error);
  }
}

/** A disk that another process has claimed at the same moment is refused by QEMU itself. */
function startProblem(name: string, error: unknown): unknown {
  if (!/lock/.test(complaintOf(error))) return error;
  const message = `A disk of ${name} is in use by another VM: detach it there.`;
  return new PlatformError('conflict', message, { subject: name, cause: error });
}
