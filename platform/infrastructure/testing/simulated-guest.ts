import type { RemoteShell, RunResult } from '@trencadis/contextualization';

interface Content {
  readonly type?: string;
  readonly uuid?: string;
  /** Of a partition table: a signature without a file system. */
  readonly partitions?: string;
}

const done: RunResult = { exitCode: 0, stdout: '', stderr: '' };
const failed = (exitCode: number, stderr = ''): RunResult => ({ exitCode, stdout: '', stderr });

/** The disks, mounts and `/etc/fstab` of a machine, as far as its programs for them go. A device not named is blank. */
export class SimulatedGuest {
  fstab = '# made with the image\n';
  /** By device. */
  readonly contents = new Map<string, Content>();
  /** UUID by path. */
  readonly mounts = new Map<string, string>();
  readonly swaps = new Set<string>();
  /** Every program line that it was asked to run. */
  readonly ran: string[] = [];
  /** Paths that somebody works in. */
  readonly busy = new Set<string>();
  readonly missingPrograms = new Set<string>();
  /** Devices that do not show up. */
  readonly absent = new Set<string>();

  /** Mounts what its fstab says, as booting does. */
  boot(): void {
    this.mounts.clear();
    this.swaps.clear();
    for (const [device = '', path = '', type = ''] of this.#entries()) {
      const uuid = device.slice('UUID='.length);
      const isThere = [...this.contents.values()].some((content) => content.uuid === uuid);
      if (isThere && type === 'swap') this.swaps.add(uuid);
      else if (isThere) this.mounts.set(path, uuid);
    }
  }

  readonly shell: Pick<RemoteShell, 'run' | 'putFile'> = {
    run: async (argv) => this.#run(argv),
    putFile: async ({ path, content }) => {
      if (path === '/etc/fstab') this.fstab = String(content);
    },
  };

  get formatted(): readonly string[] {
    return this.ran.filter((line) => line.startsWith('mk') && !line.startsWith('mkdir'));
  }

  #entries(): readonly string[][] {
    const lines = this.fstab.split('\n').filter((line) => line.startsWith('UUID='));
    return lines.map((line) => line.split(' '));
  }

  #run(argv: readonly string[]): RunResult {
    this.ran.push(argv.join(' '));
    const [program = ''] = argv;
    const last = argv.at(-1) ?? '';
    if (this.missingPrograms.has(program)) return failed(127);
    if (program.startsWith('mkfs.')) return this.#format(last, program.slice('mkfs.'.length));
    return this.#programs[program]?.(last) ?? done;
  }

  readonly #programs: Readonly<Record<string, (last: string) => RunResult>> = {
    cat: () => ({ ...done, stdout: this.fstab }),
    test: (device) => (this.absent.has(device) ? failed(1) : done),
    blkid: (device) => this.#probe(device),
    mkswap: (device) => this.#format(device, 'swap'),
    mountpoint: (path) => (this.mounts.has(path) ? done : failed(32)),
    findmnt: (path) => {
      const uuid = this.mounts.get(path);
      return uuid === undefined ? failed(1) : { ...done, stdout: `${uuid}\n` };
    },
    mount: (path) => this.#mount(path),
    umount: (path) => {
      if (this.busy.has(path)) return failed(32, `umount: ${path}: target is busy.`);
      this.mounts.delete(path);
      return done;
    },
    swapon: (uuid) => {
      if (uuid.startsWith('--')) return { ...done, stdout: [...this.swaps].join('\n') };
      this.swaps.add(uuid);
      return done;
    },
    swapoff: (uuid) => {
      this.swaps.delete(uuid);
      return done;
    },
  };

  #probe(device: string): RunResult {
    const content = this.contents.get(device);
    if (content === undefined) return failed(2);
    const { type, uuid, partitions } = content;
    const values = { DEVNAME: device, UUID: uuid, TYPE: type, PTTYPE: partitions };
    const lines = Object.entries(values).flatMap(([key, value]) => (value ? [`${key}=${value}`] : []));
    return { ...done, stdout: `${lines.join('\n')}\n` };
  }

  #format(device: string, type: string): RunResult {
    this.contents.set(device, { type, uuid: `uuid-${this.contents.size + 1}` });
    return done;
  }

  #mount(path: string): RunResult {
    const entry = this.#entries().find(([, at]) => at === path);
    if (entry?.[0] === undefined) return failed(1, `mount: ${path}: can't find in /etc/fstab.`);
    this.mounts.set(path, entry[0].slice('UUID='.length));
    return done;
  }
}
