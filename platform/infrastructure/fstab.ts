/** Lines of `/etc/fstab` that are the platform's: each names its disk in an option that mount passes over. */
export interface FstabEntry {
  readonly disk: string;
  readonly uuid: string;
  /** Of no meaning for `swap`. */
  readonly mountPath: string;
  readonly fsType: string;
}

const option = 'x-trencadis.disk=';

/** The platform's entries; one that somebody else has written is none of them. */
export function entriesOf(fstab: string): readonly FstabEntry[] {
  return fstab.split('\n').flatMap((line) => entryOf(line) ?? []);
}

function entryOf(line: string): FstabEntry | undefined {
  const [device = '', path = '', fsType = '', options = ''] = line.trim().split(/\s+/);
  const disk = options
    .split(',')
    .find((each) => each.startsWith(option))
    ?.slice(option.length);
  if (disk === undefined || !device.startsWith('UUID=')) return undefined;
  return { disk, uuid: device.slice('UUID='.length), mountPath: unescape(path), fsType };
}

/** With exactly these of the platform's entries, and all other lines as they are. */
export function withEntries(fstab: string, entries: readonly FstabEntry[]): string {
  const others = fstab.split('\n').filter((line) => entryOf(line) === undefined);
  while (others.at(-1) === '') others.pop();
  return [...others, ...entries.map(lineOf), ''].join('\n');
}

/** A machine whose disk is missing boots all the same. */
function lineOf({ disk, uuid, mountPath, fsType }: FstabEntry): string {
  const isSwap = fsType === 'swap';
  const [path, options, pass] = isSwap ? ['none', 'sw', 0] : [escape(mountPath), 'defaults', 2];
  return `UUID=${uuid} ${path} ${fsType} ${options},nofail,${option}${disk} 0 ${pass}`;
}

/** As fstab(5) has it. */
function escape(path: string): string {
  return path.replaceAll(/[\s\\#]/g, (char) => `\\${char.charCodeAt(0).toString(8).padStart(3, '0')}`);
}

function unescape(path: string): string {
  return path.replaceAll(/\\([0-7]{3})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 8)));
}
