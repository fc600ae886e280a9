import { PlatformError } from '@trencadis/errors';
import type { OperatingSystem } from '../model.ts';
import { operatingSystemOf } from './ovf-operating-systems.ts';
import { type XmlElement, readXml } from './xml-reader.ts';

/** One virtual system of an OVF envelope (DSP0243), with the disks that it uses, the first one boots. */
export interface OvfSystem {
  readonly id: string;
  readonly description: string;
  readonly operatingSystem: OperatingSystem;
  /** `undefined`: the envelope does not say. */
  readonly architecture?: string;
  readonly memoryMiB?: number;
  readonly firmware?: 'bios' | 'uefi';
  /** `kvm`, `vmx-19`, ... as the envelope says. */
  readonly virtualSystemType?: string;
  readonly product?: { readonly name: string; readonly version?: string };
  readonly disks: readonly OvfDisk[];
}

export interface OvfDisk {
  /** Relative to the envelope. */
  readonly fileName: string;
  readonly capacityBytes: number;
  readonly format: string;
}

/** Throws `invalid-argument` naming the file and the element. */
export function readOvf(text: string, file: string): readonly OvfSystem[] {
  const envelope = readXml(text, file);
  if (envelope.name !== 'Envelope') throw malformedOvf(file, envelope, 'its root element is not Envelope');
  const systems = systemsIn(envelope);
  if (systems.length === 0) throw malformedOvf(file, envelope, 'it describes no VirtualSystem');
  const disks = disksOf(envelope, file);
  return systems.map((system) => readSystem(system, disks, file));
}

function malformedOvf(file: string, element: XmlElement, problem: string): PlatformError {
  const message = `${file}, at ${element.path}, is not OVF that can be imported: ${problem}.`;
  return new PlatformError('invalid-argument', message, { subject: file });
}

function systemsIn(element: XmlElement): readonly XmlElement[] {
  return element.children.flatMap((child) => {
    if (child.name === 'VirtualSystem') return [child];
    return child.name === 'VirtualSystemCollection' ? systemsIn(child) : [];
  });
}

function readSystem(system: XmlElement, disks: ReadonlyMap<string, OvfDisk>, file: string): OvfSystem {
  const product = productOf(system);
  return {
    id: textOf(system, 'Name') ?? system.attributes['id'] ?? 'image',
    description: textOf(childOf(system, 'AnnotationSection'), 'Annotation') ?? '',
    ...operatingSystemOf(childOf(system, 'OperatingSystemSection')),
    ...(product === undefined ? {} : { product }),
    ...readHardware(childOf(system, 'VirtualHardwareSection'), disks, file),
  };
}

type Hardware = Pick<OvfSystem, 'memoryMiB' | 'firmware' | 'virtualSystemType' | 'disks'>;

function readHardware(
  section: XmlElement | undefined,
  disks: ReadonlyMap<string, OvfDisk>,
  file: string,
): Hardware {
  if (section === undefined) return { disks: [] };
  const items = section.children.filter(({ name }) => /^(?:Storage)?Item$/.test(name));
  const memoryMiB = memoryOf(items, file);
  const firmware = firmwareOf(section);
  const virtualSystemType = textOf(childOf(section, 'System'), 'VirtualSystemType');
  return {
    ...(memoryMiB === undefined ? {} : { memoryMiB }),
    ...(firmware === undefined ? {} : { firmware }),
    ...(virtualSystemType === undefined ? {} : { virtualSystemType }),
    disks: items.flatMap((item) => diskOfItem(item, disks, file)),
  };
}

const memoryResource = '4';
const diskResource = '17';

/** The least that is said to do: of the items with bounds the lowest, else the only one. */
function memoryOf(items: readonly XmlElement[], file: string): number | undefined {
  const amounts = items
    .filter((item) => textOf(item, 'ResourceType') === memoryResource && item.attributes['bound'] !== 'max')
    .map((item) => {
      const quantity = numberOf(textOf(item, 'VirtualQuantity'));
      const factor = bytesOf(textOf(item, 'AllocationUnits') ?? 'byte * 2^20');
      if (quantity === undefined || factor === undefined) {
        throw malformedOvf(file, item, 'its memory is no number of known units');
      }
      return Math.ceil((quantity * factor) / 2 ** 20);
    });
  return amounts.length === 0 ? undefined : Math.min(...amounts);
}

function diskOfItem(item: XmlElement, disks: ReadonlyMap<string, OvfDisk>, file: string): readonly OvfDisk[] {
  if (textOf(item, 'ResourceType') !== diskResource) return [];
  const [, id] = /^(?:ovf:)?\/disk\/(.+)$/.exec(textOf(item, 'HostResource') ?? '') ?? [];
  if (id === undefined) return [];
  const disk = disks.get(id);
  if (disk === undefined) throw malformedOvf(file, item, `it uses the disk ${id}, which no DiskSection has`);
  return [disk];
}

function disksOf(envelope: XmlElement, file: string): ReadonlyMap<string, OvfDisk> {
  const files = new Map(
    (childOf(envelope, 'References')?.children ?? []).map((each) => [each.attributes['id'] ?? '', each]),
  );
  const disks = childOf(envelope, 'DiskSection')?.children.filter(({ name }) => name === 'Disk') ?? [];
  return new Map(
    disks.flatMap((disk) => {
      const { diskId = '', fileRef } = disk.attributes;
      return fileRef === undefined ? [] : [[diskId, readDisk(disk, files.get(fileRef), file)] as const];
    }),
  );
}

function readDisk(disk: XmlElement, reference: XmlElement | undefined, file: string): OvfDisk {
  if (reference === undefined) throw malformedOvf(file, disk, 'its fileRef names no File of References');
  const { href = '', compression, chunkSize } = reference.attributes;
  if (compression !== undefined && compression !== 'identity') {
    throw malformedOvf(file, reference, `${href} is compressed (${compression}): unpack it first`);
  }
  if (chunkSize !== undefined) throw malformedOvf(file, reference, `${href} is in chunks: join them first`);
  const { capacity, capacityAllocationUnits = 'byte', format = '' } = disk.attributes;
  const quantity = numberOf(capacity);
  const factor = bytesOf(capacityAllocationUnits);
  if (quantity === undefined || factor === undefined) {
    throw malformedOvf(file, disk, 'its capacity is no number of known units');
  }
  return { fileName: href, capacityBytes: quantity * factor, format: formatOf(format, href) };
}

const formats = ['vmdk', 'qcow2', 'vhdx', 'vhd', 'vdi', 'raw'];

/** Formats are URLs that have the name in them; else the file's ending says. */
function formatOf(format: string, href: string): string {
  const named = formats.find((each) => format.toLowerCase().includes(each));
  return named ?? formats.find((each) => href.toLowerCase().endsWith(`.${each}`)) ?? 'raw';
}

const namedUnits: Readonly<Record<string, number>> = {
  byte: 1,
  bytes: 1,
  kilobytes: 2 ** 10,
  megabytes: 2 ** 20,
  gigabytes: 2 ** 30,
  mb: 2 ** 20,
  gb: 2 ** 30,
};

/** `byte * 2^20` (DSP0004, annex C), or the names of OVF 0.9. */
function bytesOf(units: string): number | undefined {
  const [, base, power] = /^byte\s*\*\s*(2|10)\s*\^\s*(\d{1,2})$/i.exec(units.trim()) ?? [];
  if (base !== undefined) return Number(base) ** Number(power);
  const name = units.trim().toLowerCase();
  return Object.hasOwn(namedUnits, name) ? namedUnits[name] : undefined;
}

function numberOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,18}$/.test(text) ? Number(text) : undefined;
}

/** VMware's own extension; every OVF of a machine that boots by UEFI has it. */
function firmwareOf(hardware: XmlElement): 'bios' | 'uefi' | undefined {
  const config = hardware.children.find(
    ({ name, attributes }) => name === 'Config' && attributes['key'] === 'firmware',
  );
  if (config === undefined) return undefined;
  return config.attributes['value'] === 'efi' ? 'uefi' : 'bios';
}

function productOf(system: XmlElement): OvfSystem['product'] {
  const section = childOf(system, 'ProductSection');
  const name = textOf(section, 'Product');
  const version = textOf(section, 'FullVersion') ?? textOf(section, 'Version');
  return name === undefined ? undefined : { name, ...(version === undefined ? {} : { version }) };
}

function childOf(element: XmlElement, name: string): XmlElement | undefined {
  return element.children.find((child) => child.name === name);
}

function textOf(element: XmlElement | undefined, name: string): string | undefined {
  return (element && childOf(element, name)?.text) || undefined;
}
