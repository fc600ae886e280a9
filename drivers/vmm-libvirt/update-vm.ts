import { pollUntil } from '@trencadis/clock';
import { PlatformError } from '@trencadis/errors';
import type { VmSpec } from '@trencadis/vmm';
import { z } from 'zod';
import { checkSpec } from './check-spec.ts';
import { planDisks } from './claims.ts';
import { define } from './create-vm.ts';
import { dataDiskXml } from './domain-xml.ts';
import { type Domain, getDomain, isActive, setPhase } from './domains.ts';
import { heldByOther, unsupported } from './errors.ts';
import type { AttachedDisk, Phase } from './facts.ts';
import { checkRoom, hostFacts } from './host.ts';
import { startVm, switchOff } from './power.ts';
import type { Site } from './site.ts';
import { parseXml, xmlText } from './xml.ts';

/** A guest that is still booting does not answer yet. */
const detachDeadlineMs = 60_000;
const detachEveryMs = 2000;

/**
 * Writes the wanted configuration, with the leaving disks in it, then brings what runs to it: disks at once, another size
 * by a restart. What runs is compared each time, so that an update that was cut off is finished by asking again.
 */
export async function updateVm(site: Site, spec: VmSpec, signal: AbortSignal): Promise<Domain> {
  checkSpec(spec);
  const before = await getDomain(site, spec.name, signal);
  checkUnchanged(before, spec);
  const disks = await site.mutex.run('claims', async () => {
    const wanted = await planDisks(site, spec, before.facts.disks, signal);
    const more = spec.memoryMiB - before.memoryMiB;
    await checkRoom(site, { name: spec.name, memoryMiB: more }, signal);
    const leaving = before.facts.disks.filter(({ disk }) => !wanted.some((each) => each.disk === disk));
    await write(site, before, { spec, disks: [...wanted, ...leaving] }, signal);
    return wanted;
  });
  const live = await readLive(site, before, signal);
  const isSized =
    live === undefined || (live.cpuCount === spec.cpuCount && live.memoryMiB === spec.memoryMiB);
  if (live !== undefined && isSized) await changeLive(site, before, { disks, live }, signal);
  else if (live !== undefined || before.phase === 'restarting') {
    await restart(site, before, { spec, disks }, signal);
  }
  await write(site, await getDomain(site, spec.name, signal), { spec, disks }, signal);
  return getDomain(site, spec.name, signal);
}

function checkUnchanged({ facts }: Domain, spec: VmSpec): void {
  if (facts.tag !== spec.tag) throw heldByOther('VM', spec.name, facts.tag);
  const { image, interfaces } = facts;
  const isSameImage = image.location === spec.image.location && image.digest === spec.image.digest;
  const isSame = (index: number) => {
    const [has, wants] = [interfaces[index], spec.interfaces[index]];
    return has?.network === wants?.network && (wants?.address ?? has?.address) === has?.address;
  };
  const isOnSame =
    interfaces.length === spec.interfaces.length && interfaces.every((_each, index) => isSame(index));
  if (isSameImage && isOnSame) return;
  throw unsupported(`The VM ${spec.name} keeps its image and its networks: make another one.`, spec.name);
}

interface Wanted {
  readonly spec: VmSpec;
  readonly disks: readonly AttachedDisk[];
  /** Absent: as it is. */
  readonly phase?: Phase;
}

async function write(
  site: Site,
  { name, uuid, facts, phase: before }: Domain,
  { spec, disks, phase = before }: Wanted,
  signal: AbortSignal,
): Promise<void> {
  const { cpuCount, memoryMiB } = spec;
  const plan = { name, uuid, facts: { ...facts, disks: [...disks] }, phase, cpuCount, memoryMiB };
  await define(site, plan, await hostFacts(site, signal), signal);
}

async function restart(site: Site, domain: Domain, wanted: Wanted, signal: AbortSignal): Promise<void> {
  await setPhase(site, domain, 'restarting', signal);
  if (isActive(domain)) await switchOff(site, domain, signal);
  // Off, it has let go of the disks that leave.
  await write(site, await getDomain(site, domain.name, signal), { ...wanted, phase: 'restarting' }, signal);
  await startVm(site, domain.name, signal);
}

interface Live {
  readonly cpuCount: number;
  readonly memoryMiB: number;
  /** Names of its disks on the bus. */
  readonly targets: readonly string[];
}

const liveSchema = z.object({
  domain: z.object({
    '@id': z.string().optional(),
    memory: xmlText,
    vcpu: xmlText,
    devices: z.object({ disk: z.array(z.object({ target: z.object({ '@dev': z.string() }) })).optional() }),
  }),
});

async function readLive(site: Site, { name }: Domain, signal: AbortSignal): Promise<Live | undefined> {
  const { domain } = parseXml(await site.virsh.read(['dumpxml', name], signal), liveSchema);
  if (domain['@id'] === undefined) return undefined;
  return {
    cpuCount: Number(domain.vcpu),
    memoryMiB: Math.round(Number(domain.memory) / 1024),
    targets: (domain.devices.disk ?? []).map(({ target }) => target['@dev']),
  };
}

interface LiveChange {
  readonly disks: readonly AttachedDisk[];
  readonly live: Live;
}

async function changeLive(
  site: Site,
  domain: Domain,
  { disks, live }: LiveChange,
  signal: AbortSignal,
): Promise<void> {
  const { virsh } = site;
  const directory = await site.pool.directory(signal);
  const wanted = new Set(disks.map(({ target }) => target));
  const leaving = live.targets.filter(
    (target) => target !== 'vda' && target !== 'vdb' && !wanted.has(target),
  );
  for (const target of leaving) await detach(site, domain, target, signal);
  for (const disk of disks.filter(({ target }) => !live.targets.includes(target))) {
    await virsh.withFile(dataDiskXml(disk, directory), (file) =>
      virsh.run(['attach-device', domain.name, file, '--live'], { signal }),
    );
  }
}

/** The guest is asked, and answers when it has let go; one that is still booting has to be asked again. */
async function detach(site: Site, domain: Domain, target: string, signal: AbortSignal): Promise<void> {
  const isGone = async () => {
    await site.virsh.each([['detach-disk', domain.name, target, '--live']], { signal });
    const live = await readLive(site, domain, signal);
    return live?.targets.includes(target) === true ? undefined : true;
  };
  const { clock } = site;
  const gone = await pollUntil(isGone, {
    clock,
    everyMs: detachEveryMs,
    deadlineMs: detachDeadlineMs,
    signal,
  });
  if (gone === true) return;
  const message = `The guest of ${domain.name} does not let go of a disk: unmount it there, or restart the VM.`;
  throw new PlatformError('unavailable', message, { subject: domain.name });
}
