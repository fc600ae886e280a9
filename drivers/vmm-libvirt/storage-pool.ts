import { PlatformError } from '@trencadis/errors';
import { z } from 'zod';
import { complaintOf } from './errors.ts';
import type { Virsh, VirshOptions } from './virsh.ts';
import { element, parseXml, xmlText } from './xml.ts';

const copyTimeoutMs = 3_600_000;

const poolSchema = z.object({ pool: z.object({ target: z.object({ path: z.string() }) }) });

const volumeSchema = z.object({
  volume: z.tuple([
    z.object({
      key: z.string(),
      capacity: xmlText,
      target: z.object({
        path: z.string(),
        format: z.object({ '@type': z.string() }).optional(),
        timestamps: z.object({ mtime: z.string() }).optional(),
      }),
    }),
  ]),
});

export interface Volume {
  readonly key: string;
  readonly path: string;
  readonly format: string;
  readonly capacityBytes: number;
  /** As libvirt prints it; '' where it does not. */
  readonly modified: string;
}

export interface VolumeSpec {
  readonly name: string;
  readonly capacityBytes: number;
  readonly format: 'qcow2' | 'raw';
  /** A volume that this one begins as. */
  readonly backing?: { readonly path: string; readonly format: string };
}

/** The directory pool that holds what the platform makes. Everything goes through libvirt, so that a remote host is no other case. */
export class StoragePool {
  readonly name: string;
  readonly #virsh: Virsh;
  readonly #isOwnHost: boolean;
  #path: Promise<string> | undefined;

  constructor(virsh: Virsh, name: string) {
    this.name = name;
    this.#virsh = virsh;
    this.#isOwnHost = virsh.connection.isLocal;
  }

  /** Path of a volume of that name on libvirt's host, whether it is there or not. */
  async path(volume: string, signal: AbortSignal): Promise<string> {
    return `${await this.directory(signal)}/${volume}`;
  }

  /** Makes the pool on the platform's own host when it is not there, and starts it when it is off. */
  directory(signal: AbortSignal): Promise<string> {
    this.#path ??= this.#open(signal).catch((error: unknown) => {
      this.#path = undefined;
      throw error;
    });
    return this.#path;
  }

  async #open(signal: AbortSignal): Promise<string> {
    let found = await this.#info(signal);
    if (found === undefined && this.#isOwnHost) {
      await this.#create(signal);
      found = await this.#info(signal);
    }
    // Over SSH its place is for the host's administrator to choose; this fails with libvirt's own sentence.
    found ??= await this.#virsh.read(['pool-dumpxml', this.name], signal);
    const { pool } = parseXml(found, poolSchema);
    const [state = ''] = await this.#virsh.each([['pool-info', this.name]], { signal });
    if (!/State:\s+running/.test(state)) await this.#start(signal);
    return pool.target.path;
  }

  async #info(signal: AbortSignal): Promise<string | undefined> {
    const [text = ''] = await this.#virsh.each([['pool-dumpxml', this.name]], { signal });
    return text === '' ? undefined : text;
  }

  async #create(signal: AbortSignal): Promise<void> {
    const path = `/var/lib/libvirt/images/${this.name}`;
    const permissions = element('permissions', {}, element('mode', {}, '0711'));
    const target = element('target', {}, [element('path', {}, path), permissions]);
    const document = element('pool', { type: 'dir' }, [element('name', {}, this.name), target]);
    await this.#virsh.withFile(document, (file) =>
      unlessThere(this.#virsh.run(['pool-define', file], { signal })),
    );
    await this.#virsh.each(
      [
        ['pool-build', this.name],
        ['pool-autostart', this.name],
      ],
      { signal },
    );
  }

  async #start(signal: AbortSignal): Promise<void> {
    await unlessThere(this.#virsh.run(['pool-start', this.name], { signal }));
  }

  /** The names of all volumes. */
  async list(signal: AbortSignal): Promise<readonly string[]> {
    await this.directory(signal);
    const text = await this.#virsh.read(['vol-list', '--pool', this.name], signal);
    // Name and path, several spaces between them; names of ours have no spaces.
    return text.split('\n').flatMap((line) => line.trim().split(/\s{2,}/)[0] || []);
  }

  async describe(volumes: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, Volume>> {
    await this.directory(signal);
    return describeVolumes(
      this.#virsh,
      volumes.map((volume) => ({ pool: this.name, volume })),
      signal,
    );
  }

  /** There already: succeeds, and leaves it as it is. */
  async create(spec: VolumeSpec, signal: AbortSignal): Promise<void> {
    await this.directory(signal);
    await this.#virsh.withFile(volumeXml(spec), (file) =>
      unlessThere(this.#virsh.run(['vol-create', this.name, file], { signal })),
    );
  }

  /** A volume with a copy of another's content, that which lies under it too. */
  async createFrom(spec: VolumeSpec, source: string, signal: AbortSignal): Promise<void> {
    await this.#virsh.withFile(volumeXml(spec), (file) =>
      this.#virsh.run(['vol-create-from', this.name, file, '--vol', source, '--inputpool', this.name], {
        signal,
        timeoutMs: copyTimeoutMs,
        isInterruptible: true,
      }),
    );
  }

  async upload(volume: string, file: string, signal: AbortSignal): Promise<void> {
    const options = { signal, timeoutMs: copyTimeoutMs, isInterruptible: true };
    await this.#virsh.run(['vol-upload', '--pool', this.name, volume, file], options);
  }

  /** Those that are not there are passed over. */
  async delete(volumes: readonly string[], signal: AbortSignal): Promise<void> {
    if (volumes.length === 0) return;
    await this.#virsh.each(
      volumes.map((volume) => ['vol-delete', '--pool', this.name, volume]),
      { signal },
    );
    const left = new Set(await this.list(signal));
    const kept = volumes.find((volume) => left.has(volume));
    if (kept === undefined) return;
    const message = `libvirt does not delete the volume ${kept} of the pool ${this.name}: look at its host.`;
    throw new PlatformError('unavailable', message, { subject: kept });
  }

  /** libvirt looks at the directory again: the host writes files there too (consoles that have grown long). */
  async refresh(options: VirshOptions): Promise<void> {
    await this.#virsh.each([['pool-refresh', this.name]], options);
  }
}

/** Of any pools, by `pool/volume`; those that are not there are missing. */
export async function describeVolumes(
  virsh: Virsh,
  volumes: readonly { readonly pool: string; readonly volume: string }[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Volume>> {
  const commands = volumes.map(({ pool, volume }) => ['vol-dumpxml', '--pool', pool, volume]);
  const documents = await virsh.each(commands, { signal, isInterruptible: true });
  return new Map(
    volumes.flatMap(({ pool, volume }, index) => {
      const text = documents[index] ?? '';
      return text === '' ? [] : [[`${pool}/${volume}`, readVolume(text)] as const];
    }),
  );
}

function readVolume(text: string): Volume {
  const [{ key, capacity, target }] = parseXml(text, volumeSchema).volume;
  return {
    key,
    path: target.path,
    format: target.format?.['@type'] ?? 'raw',
    capacityBytes: Number(capacity),
    modified: target.timestamps?.mtime ?? '',
  };
}

/** Nobody but root, and QEMU while a VM has it, reads what we keep. */
function volumeXml({ name, capacityBytes, format, backing }: VolumeSpec): string {
  const permissions = element('permissions', {}, element('mode', {}, '0600'));
  const below =
    backing === undefined
      ? []
      : [
          element('backingStore', {}, [
            element('path', {}, backing.path),
            element('format', { type: backing.format }),
          ]),
        ];
  return element('volume', {}, [
    element('name', {}, name),
    element('capacity', { unit: 'bytes' }, String(capacityBytes)),
    element('allocation', { unit: 'bytes' }, '0'),
    element('target', {}, [element('format', { type: format }), permissions]),
    ...below,
  ]);
}

/** What another process has done meanwhile is done. */
export async function unlessThere(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!/exists already|already exists|already active/.test(complaintOf(error))) throw error;
  }
}
