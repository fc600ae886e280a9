import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { PlatformError } from '@trencadis/errors';
import { parseId } from '@trencadis/ids';
import type { ImageOperations, SnapshotSpec, VmImage } from '@trencadis/vmm';
import { withAllocationLock, withImageLock } from './allocation-lock.ts';
import { endingWithUs, run } from './command.ts';
import { heldByOther, notFound, translated } from './errors.ts';
import { whileFrozen } from './freeze.ts';
import type { Layout } from './layout.ts';
import { hasBooted } from './machine-state.ts';
import { mountRoot, mountsUnder, unmountAll } from './mounts.ts';
import { leaderOf } from './power.ts';
import {
  type ImageRecord,
  type MachineRecord,
  draftName,
  listImages,
  listMachines,
  makeDirectoryWhole,
  readImage,
  readMachine,
  writeRecord,
} from './records.ts';
import type { Exclusive, Site } from './site.ts';
import { stripIdentity } from './strip-identity.ts';
import { treeDigest } from './tree-digest.ts';

const copyTimeoutMs = 600_000;
const unmountTimeoutMs = 30_000;

/**
 * An image is a copy of a machine's files in a directory of its own. A running machine stands still while it is copied,
 * so the copy is as after a power cut at one instant; stop it first for files at rest.
 */
export function localImages(site: Site, exclusive: Exclusive): ImageOperations {
  const { layout } = site;
  return {
    snapshotVm: (spec, signal) =>
      exclusive(spec.vm, signal, () =>
        withImageLock(layout, signal, async () => toImage(layout, await findOrMake(site, spec, signal))),
      ),
    deleteImage: (name, signal) =>
      translated(signal, () => withImageLock(layout, signal, () => removeImage(layout, name, signal))),
    listImages: (tag, signal) =>
      translated(signal, async () => {
        const records = (await listImages(layout)).filter((image) => image.tag === tag);
        return records.map((record) => toImage(layout, record));
      }),
    listBootable: (_, signal) =>
      translated(signal, () => {
        const message = 'The local VM manager boots what is built on this host: import built images instead.';
        return Promise.reject(new PlatformError('unsupported', message));
      }),
  };
}

function toImage(layout: Layout, { name, tag, digest }: ImageRecord): VmImage {
  return { name, tag, location: layout.image(name).root, digest };
}

async function findOrMake(site: Site, spec: SnapshotSpec, signal: AbortSignal): Promise<ImageRecord> {
  const { vm, name, tag } = spec;
  checkName(name);
  const existing = await readImage(site.layout, name);
  if (existing !== undefined) {
    if (existing.tag === tag) return existing;
    throw heldByOther('image', name, existing.tag);
  }
  const machine = await readMachine(site.layout, vm);
  if (machine === undefined) throw notFound('VM', vm);
  await makeDirectoryWhole(site.layout.image(name).directory, async (draft) => {
    const root = join(draft, 'root');
    try {
      await copyFiles(site, machine, { root, signal });
      await stripIdentity(root);
      const digest = await treeDigest(root, signal);
      await writeRecord(join(draft, 'image.json'), { name, tag, digest });
    } catch (error) {
      await rm(draft, { recursive: true, force: true });
      throw error;
    }
  });
  const made = await readImage(site.layout, name);
  if (made === undefined) throw notFound('image', name);
  return made;
}

function checkName(name: string): void {
  if (parseId('VmiId', name) !== undefined) return;
  throw new PlatformError('invalid-argument', `'${name}' cannot name an image: it must be a DNS label.`, {
    subject: name,
  });
}

interface Copying {
  readonly root: string;
  readonly signal: AbortSignal;
}

/** Data disks are mounted elsewhere, so they are no part of it; their mount points are empty directories. */
async function copyFiles(site: Site, machine: MachineRecord, { root, signal }: Copying): Promise<void> {
  const places = site.layout.machine(machine.spec.name);
  const copy = async () => {
    await mkdir(root, { mode: 0o755 });
    const [program, ...words] = [...endingWithUs, 'cp', '--archive', '--one-file-system', '--reflink=auto'];
    await run(program, [...words, `${places.root}/.`, root], { signal, timeoutMs: copyTimeoutMs });
  };
  if ((await leaderOf(places.kernelName)) !== undefined) {
    if ((await mountsUnder(places.root)).length === 0) throw notSeen(machine);
    return whileFrozen(places.kernelName, { clock: site.clock, signal }, copy);
  }
  if (!(await hasBooted(places))) throw notBooted(machine);
  await unmountAll(places.directory, signal);
  await mountRoot(site, machine, signal);
  try {
    await copy();
  } finally {
    // Not under the caller's signal: who calls it off wants nothing left mounted either.
    await unmountAll(places.directory, AbortSignal.timeout(unmountTimeoutMs));
  }
}

function notBooted({ spec }: MachineRecord): PlatformError {
  return new PlatformError(
    'conflict',
    `The VM ${spec.name} has never booted: create or start it before making an image of it.`,
    { subject: spec.name },
  );
}

function notSeen({ spec }: MachineRecord): PlatformError {
  return new PlatformError(
    'conflict',
    `The files of the VM ${spec.name} are mounted where this process does not see them: stop it first.`,
    { subject: spec.name },
  );
}

async function removeImage(layout: Layout, name: string, signal: AbortSignal): Promise<void> {
  checkName(name);
  const { directory, record, root } = layout.image(name);
  await withAllocationLock(layout, signal, async () => {
    const user = (await listMachines(layout)).find(({ spec }) => spec.image.location === root);
    if (user !== undefined) {
      throw new PlatformError(
        'conflict',
        `The VM ${user.spec.name} runs from the image ${name}: delete that VM first.`,
        { subject: name },
      );
    }
    await rm(record, { force: true });
  });
  await rm(directory, { recursive: true, force: true });
  // What a snapshot that was killed has left; under the lock there is no other.
  await rm(join(layout.images, draftName), { recursive: true, force: true });
}
