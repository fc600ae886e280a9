import { mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type IdKind, brandId, parseId } from '@trencadis/ids';
import { z } from 'zod';
import type { Layout } from './layout.ts';

const id = <Kind extends IdKind>(kind: Kind) => z.string().transform((text) => brandId(kind, text));

const machineRecord = z.object({
  spec: z.object({
    name: id('VmName'),
    tag: id('Tag'),
    hostName: z.string(),
    image: z.object({ location: z.string(), digest: id('Sha256') }),
    cpuCount: z.number(),
    memoryMiB: z.number(),
    interfaces: z.array(z.object({ network: id('NetworkName') })),
    disks: z.array(z.object({ disk: id('DiskName'), mountPath: z.string() })),
    login: z.object({ user: z.string(), authorizedKey: z.string() }),
    userData: z.string().exactOptional(),
  }),
  /** One for each interface, in the same order. */
  addresses: z.array(z.object({ network: id('NetworkName'), address: z.string() })),
});
export type MachineRecord = z.infer<typeof machineRecord>;

const openPorts = z.object({
  protocol: z.enum(['tcp', 'udp', 'icmp']),
  from: z.number(),
  to: z.number(),
  localPort: z.number().exactOptional(),
  source: z.string().exactOptional(),
});

const networkRecord = z.object({
  name: id('NetworkName'),
  tag: id('Tag'),
  kind: z.enum(['public', 'private']),
  subnet: z.string(),
  openPorts: z.array(openPorts).readonly().exactOptional(),
});
export type NetworkRecord = z.infer<typeof networkRecord>;

const diskRecord = z.object({ name: id('DiskName'), tag: id('Tag'), sizeGiB: z.number() });
export type DiskRecord = z.infer<typeof diskRecord>;

const imageRecord = z.object({ name: z.string(), tag: id('Tag'), digest: id('Sha256') });
export type ImageRecord = z.infer<typeof imageRecord>;

export const readMachine = (layout: Layout, name: MachineRecord['spec']['name']) =>
  read(machineRecord, layout.machine(name).record);
export const readNetwork = (layout: Layout, name: NetworkRecord['name']) =>
  read(networkRecord, layout.networkRecord(name));
export const readDisk = (layout: Layout, name: DiskRecord['name']) =>
  read(diskRecord, layout.disk(name).record);
export const readImage = (layout: Layout, name: string) => read(imageRecord, layout.image(name).record);

export async function listMachines(layout: Layout): Promise<readonly MachineRecord[]> {
  const names = (await namesIn(layout.machines)).flatMap((name) => parseId('VmName', name) ?? []);
  return present(names.map((name) => readMachine(layout, name)));
}

export async function listNetworks(layout: Layout): Promise<readonly NetworkRecord[]> {
  const files = (await namesIn(layout.networks)).filter((file) => file.endsWith('.json'));
  const names = files.flatMap((file) => parseId('NetworkName', file.slice(0, -'.json'.length)) ?? []);
  return present(names.map((name) => readNetwork(layout, name)));
}

export async function listDisks(layout: Layout): Promise<readonly DiskRecord[]> {
  const names = (await namesIn(layout.disks)).flatMap((name) => parseId('DiskName', name) ?? []);
  return present(names.map((name) => readDisk(layout, name)));
}

export async function listImages(layout: Layout): Promise<readonly ImageRecord[]> {
  return present((await namesIn(layout.images)).map((name) => readImage(layout, name)));
}

/** Appears whole or not at all. */
export async function writeRecord(path: string, record: object): Promise<void> {
  const draft = join(dirname(path), '.new');
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await writeFile(draft, `${JSON.stringify(record, undefined, 2)}\n`, { mode: 0o600 });
  await rename(draft, path);
}

/** Where a directory is filled before it appears; one is left by a process that was killed in between. */
export const draftName = '.new-directory';

/** Fills a new directory beside `path` and moves it there: `path` appears whole or not at all. */
export async function makeDirectoryWhole(
  path: string,
  fill: (draft: string) => Promise<void>,
): Promise<void> {
  const draft = join(dirname(path), draftName);
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { recursive: true, mode: 0o700 });
  await fill(draft);
  await rename(draft, path);
}

export function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

async function read<Value>(schema: z.ZodType<Value>, path: string): Promise<Value | undefined> {
  try {
    return schema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

async function namesIn(directory: string): Promise<readonly string[]> {
  try {
    return (await readdir(directory)).sort();
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

async function present<Value>(reads: readonly Promise<Value | undefined>[]): Promise<readonly Value[]> {
  return (await Promise.all(reads)).filter((value) => value !== undefined);
}
