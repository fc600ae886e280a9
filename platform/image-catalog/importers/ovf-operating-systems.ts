import type { OperatingSystem } from '../model.ts';
import type { XmlElement } from './xml-reader.ts';

type Known = readonly [name: 'linux' | 'windows', flavour: string, architecture?: 'i386' | 'x86_64'];

/** CIM_OperatingSystem.OSType, those that are met. */
const byCimId: ReadonlyMap<string, Known> = new Map<string, Known>([
  ['36', ['linux', 'Linux']],
  ['79', ['linux', 'Red Hat Enterprise Linux', 'i386']],
  ['80', ['linux', 'Red Hat Enterprise Linux', 'x86_64']],
  ['82', ['linux', 'SUSE', 'i386']],
  ['83', ['linux', 'SUSE', 'x86_64']],
  ['84', ['linux', 'SUSE Linux Enterprise Server', 'i386']],
  ['85', ['linux', 'SUSE Linux Enterprise Server', 'x86_64']],
  ['93', ['linux', 'Ubuntu', 'i386']],
  ['94', ['linux', 'Ubuntu', 'x86_64']],
  ['95', ['linux', 'Debian', 'i386']],
  ['96', ['linux', 'Debian', 'x86_64']],
  ['99', ['linux', 'Linux', 'i386']],
  ['100', ['linux', 'Linux', 'x86_64']],
  ['101', ['linux', 'Linux', 'x86_64']],
  ['106', ['linux', 'CentOS', 'i386']],
  ['107', ['linux', 'CentOS', 'x86_64']],
  ['108', ['linux', 'Oracle Linux', 'i386']],
  ['109', ['linux', 'Oracle Linux', 'x86_64']],
]);

/** The id to tell of a system; 1, other, where CIM has none. */
export function cimIdOf(name: string, flavour: string, architecture: string): string {
  const isSame = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();
  const found = [...byCimId].find(
    ([, [knownName, knownFlavour, of]]) =>
      isSame(knownName, name) && isSame(knownFlavour, flavour) && of === architecture,
  );
  if (found !== undefined) return found[0];
  if (!isSame(name, 'linux')) return '1';
  return architecture === 'x86_64' ? '101' : '36';
}

export interface OvfOperatingSystem {
  readonly operatingSystem: OperatingSystem;
  readonly architecture?: string;
}

/** What an OperatingSystemSection says; its version is empty where it says none. */
export function operatingSystemOf(section: XmlElement | undefined): OvfOperatingSystem {
  const described = section?.children.find(({ name }) => name === 'Description')?.text ?? '';
  return fromParts({ ...section?.attributes, described });
}

interface SectionParts {
  readonly id?: string;
  readonly version?: string;
  /** VMware's own: `debian12_64Guest`. */
  readonly osType?: string;
  readonly described: string;
}

function fromParts({ id = '', version, osType = '', described }: SectionParts): OvfOperatingSystem {
  const text = `${described} ${osType}`;
  const [name, flavour, ofId] = byCimId.get(id) ?? fromText(text);
  const architecture = ofId ?? architectureIn(text);
  const operatingSystem = {
    name,
    flavour: flavourIn(described) ?? flavour,
    version: version ?? versionIn(described) ?? '',
  };
  return architecture === undefined ? { operatingSystem } : { operatingSystem, architecture };
}

function fromText(text: string): Known {
  return /\bwin/i.test(text) ? ['windows', 'Windows'] : ['linux', 'unknown'];
}

const flavours = [
  'Debian',
  'Ubuntu',
  'CentOS',
  'Scientific Linux',
  'Rocky Linux',
  'AlmaLinux',
  'Fedora',
  'Windows',
];

/** The description knows today's distributions; the ids of CIM do not. */
function flavourIn(described: string): string | undefined {
  const lower = described.toLowerCase();
  return flavours.find((each) => lower.includes(each.toLowerCase()));
}

/** Its first number that is not of bits: `Debian GNU/Linux 12 (64-bit)` is 12. */
function versionIn(described: string): string | undefined {
  return /(?<![\w.])\d{1,4}(?:\.\d{1,4}){0,3}(?![\w.]|[ -]?bit)/i.exec(described)?.[0];
}

function architectureIn(text: string): string | undefined {
  if (/aarch64|arm64/i.test(text)) return 'aarch64';
  if (/64-bit|x86[_-]64|amd64|64Guest/i.test(text)) return 'x86_64';
  return /32-bit|i[3-6]86/i.test(text) ? 'i386' : undefined;
}
