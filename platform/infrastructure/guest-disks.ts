import { type Clock, pollUntil } from '@trencadis/clock';
import type { RemoteShell } from '@trencadis/contextualization';
import { PlatformError } from '@trencadis/errors';
import { type FstabEntry, entriesOf, withEntries } from './fstab.ts';
import type { DesiredMount } from './model.ts';

export interface GuestDisks {
  readonly vmName: string;
  /** All that shall be mounted. */
  readonly disks: readonly DesiredMount[];
  /** Where each disk is in the guest, by its name. */
  readonly devices: Readonly<Record<string, string>>;
}

export interface GuestParts {
  readonly shell: RemoteShell;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** A line for people. */
  readonly progress: (text: string) => void;
}

const fstabPath = '/etc/fstab';
const fstabMode = 0o644;
const commandMs = 600_000;
const deviceMs = 60_000;
const pollMs = 500;

/**
 * Brings a guest to have just these disks mounted, now and after each boot: others of the platform's are unmounted; a
 * blank one gets its file system; one that holds anything is never formatted. Run as root; again, it changes nothing.
 */
export async function mountGuestDisks(parts: GuestParts, guest: GuestDisks): Promise<void> {
  const machine = new Guest(parts, guest.vmName);
  const fstab = await machine.readFstab();
  const before = entriesOf(fstab);
  const stays = ({ disk, mountPath, fsType }: FstabEntry) =>
    guest.disks.some((each) => each.disk === disk && (fsType === 'swap' || each.mountPath === mountPath));
  for (const entry of before.filter((each) => !stays(each))) await machine.unmount(entry);
  const entries: FstabEntry[] = [];
  for (const mount of guest.disks) entries.push(await machine.prepare(mount, guest.devices[mount.disk]));
  const after = withEntries(fstab, entries);
  if (after !== fstab) await machine.writeFstab(after);
  for (const entry of entries) await machine.mount(entry);
}

interface Signature {
  readonly uuid: string;
  readonly type: string;
}

class Guest {
  readonly #parts: GuestParts;
  readonly #name: string;

  constructor(parts: GuestParts, name: string) {
    this.#parts = parts;
    this.#name = name;
  }

  async readFstab(): Promise<string> {
    const { exitCode, stdout } = await this.#run('cat', fstabPath);
    return exitCode === 0 ? stdout : '';
  }

  async writeFstab(content: string): Promise<void> {
    const { shell, signal } = this.#parts;
    await shell.putFile({ path: fstabPath, content, mode: fstabMode }, signal);
  }

  /** Of a disk that is gone already, only the entry is left. */
  async unmount({ disk, uuid, mountPath, fsType }: FstabEntry): Promise<void> {
    if (fsType === 'swap') {
      if (await this.#isSwap(uuid))
        await this.#succeed(`disk ${disk} is in use as swap`, 'swapoff', '-U', uuid);
    } else if ((await this.#run('mountpoint', '-q', '--', mountPath)).exitCode === 0) {
      await this.#succeed(`disk ${disk} cannot be unmounted from ${mountPath}`, 'umount', '--', mountPath);
    }
    this.#parts.progress(`disk ${disk} is unmounted`);
  }

  /** Formats it where it is blank. */
  async prepare({ disk, mountPath, fsType }: DesiredMount, device: string | undefined): Promise<FstabEntry> {
    if (device === undefined)
      throw this.#problem('unavailable', `its VM manager does not say where disk ${disk} is`);
    await this.#waitFor(device, disk);
    const found = (await this.#signatureOf(device, disk)) ?? (await this.#format(device, { disk, fsType }));
    if ((found.type === 'swap') !== (fsType === 'swap')) {
      const why = `disk ${disk} holds ${found.type}, and ${fsType} is asked for. It is not formatted, as that would destroy what is on it: ask for fstype = '${found.type}', or for another disk`;
      throw this.#problem('invalid-argument', why);
    }
    return { disk, uuid: found.uuid, mountPath, fsType: found.type };
  }

  async mount({ disk, uuid, mountPath, fsType }: FstabEntry): Promise<void> {
    const { progress } = this.#parts;
    if (fsType === 'swap') {
      if (await this.#isSwap(uuid)) return;
      await this.#succeed(`disk ${disk} cannot be used as swap`, 'swapon', '-U', uuid);
      progress(`disk ${disk} is used as swap`);
      return;
    }
    await this.#succeed(`${mountPath} cannot be made`, 'mkdir', '-p', '--', mountPath);
    const { exitCode, stdout } = await this.#run('findmnt', '-n', '-o', 'UUID', '--mountpoint', mountPath);
    if (exitCode === 0) {
      if (['', uuid].includes(stdout.trim())) return;
      throw this.#problem(
        'conflict',
        `something else is mounted at ${mountPath}, where disk ${disk} belongs`,
      );
    }
    await this.#succeed(`disk ${disk} cannot be mounted at ${mountPath}`, 'mount', '--', mountPath);
    progress(`disk ${disk} is mounted at ${mountPath}`);
  }

  async #waitFor(device: string, disk: string): Promise<void> {
    const { clock, signal } = this.#parts;
    const look = async () => ((await this.#run('test', '-e', device)).exitCode === 0 ? true : undefined);
    if (await pollUntil(look, { clock, everyMs: pollMs, deadlineMs: deviceMs, signal })) return;
    throw this.#problem(
      'unavailable',
      `disk ${disk} did not show up as ${device} within ${deviceMs / 1000} s`,
    );
  }

  /** `undefined`: blank. blkid(8) answers 2 when it finds nothing at all, neither file system nor partitions. */
  async #signatureOf(device: string, disk: string): Promise<Signature | undefined> {
    const { exitCode, stdout, stderr } = await this.#run('blkid', '-p', '-o', 'export', '--', device);
    if (exitCode === 2) return undefined;
    if (exitCode !== 0)
      throw this.#problem('invalid-argument', `blkid cannot tell what is on disk ${disk}: ${stderr.trim()}`);
    const values = new Map(
      stdout.split('\n').map((line) => [line.split('=')[0], line.slice(line.indexOf('=') + 1)]),
    );
    const [uuid, type] = [values.get('UUID'), values.get('TYPE')];
    if (uuid !== undefined && type !== undefined) return { uuid, type };
    const why = `disk ${disk} is not blank and holds no file system that could be mounted. It is not formatted, as that would destroy what is on it`;
    throw this.#problem('invalid-argument', why);
  }

  async #format(device: string, { disk, fsType }: Pick<DesiredMount, 'disk' | 'fsType'>): Promise<Signature> {
    const program = fsType === 'swap' ? 'mkswap' : `mkfs.${fsType}`;
    this.#parts.progress(`disk ${disk} is blank: formatting it with ${fsType}`);
    await this.#succeed(`disk ${disk} cannot be formatted`, program, device);
    const made = await this.#signatureOf(device, disk);
    if (made !== undefined) return made;
    throw this.#problem('internal', `${program} has left nothing on disk ${disk}`);
  }

  async #isSwap(uuid: string): Promise<boolean> {
    const { stdout } = await this.#run('swapon', '--noheadings', '--show=UUID');
    return stdout.split(/\s+/).includes(uuid);
  }

  async #succeed(failure: string, ...argv: readonly [string, ...string[]]): Promise<void> {
    const { exitCode, stderr } = await this.#run(...argv);
    if (exitCode === 0) return;
    const isMissing = exitCode === 127;
    const why = isMissing ? `its image has no ${argv[0]}; use one that has` : stderr.trim();
    throw this.#problem('invalid-argument', `${failure}: ${why}`);
  }

  #run(...argv: readonly [string, ...string[]]) {
    const { shell, signal } = this.#parts;
    return shell.run(argv, { signal, timeoutMs: commandMs });
  }

  #problem(code: 'unavailable' | 'invalid-argument' | 'conflict' | 'internal', why: string): PlatformError {
    return new PlatformError(code, `VM ${this.#name}: ${why}.`, { subject: this.#name });
  }
}
