import { PlatformError } from '@trencadis/errors';
import { type Dialect, disksOf, readRadl } from '@trencadis/radl';

export interface Alteration {
  readonly cpu?: string;
  readonly memory?: string;
  readonly disk?: readonly string[];
}

interface Document {
  readonly radl: string;
  readonly dialect: Dialect;
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** The RADL of an alteration given as options. `document`: what is deployed; a new disk comes after those it has. */
export function alterationRadl(
  systemId: string,
  { cpu, memory, disk = [] }: Alteration,
  document: Document,
): string {
  const first = disk.length === 0 ? 0 : nextDiskIndex(systemId, document);
  const features = [
    ...(cpu === undefined ? [] : [`cpu.count >= ${matching(cpu, /^\d+(\.\d+)?$/, '--cpu 2')}`]),
    ...(memory === undefined ? [] : [`memory.size >= ${matching(memory, size, '--memory 2Gi')}`]),
    ...disk.flatMap((each, at) => diskFeatures(each, first + at)),
  ];
  if (features.length > 0) return `system ${systemId} (\n  ${features.join(' and\n  ')}\n)\n`;
  const message = 'Say what is new: --cpu 2, --memory 2Gi, --disk 10Gi:/data, or a RADL file.';
  throw new PlatformError('invalid-argument', message);
}

const size = /^\d+(\.\d+)?([KMGT]i?)?B?$/;

function matching(text: string, pattern: RegExp, example: string): string {
  if (pattern.test(text)) return text;
  const message = `'${text}' is not understood; write for example ${example}.`;
  throw new PlatformError('invalid-argument', message, { subject: text });
}

/** `10Gi:/data`, or `1=10Gi:/data`. */
function diskFeatures(text: string, next: number): string[] {
  matching(text, /^(\d+=)?\d+(\.\d+)?([KMGT]i?)?B?:\/[\w./-]*$/, '--disk 10Gi:/data');
  const [place = '', path = ''] = text.split(':');
  const [asked = '', given] = place.split('=').toReversed();
  const index = given === undefined ? next : Number(given);
  return [`disk.${index}.size = ${asked}`, `disk.${index}.mount_path = '${path}'`];
}

/** Disk 0 is the image's own. */
function nextDiskIndex(systemId: string, { radl, dialect, parameters }: Document): number {
  const { document } = readRadl(radl, { dialect, inputs: parameters, canHaveOtherValues: true });
  const system = document.systems.find(({ id }) => id === systemId);
  const indices = system === undefined ? [] : disksOf(system).map(({ index }) => index);
  return Math.max(0, ...indices) + 1;
}
