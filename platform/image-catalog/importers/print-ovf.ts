import { PlatformError } from '@trencadis/errors';
import type { Vmi, VmiArtifact } from '../model.ts';
import { cimIdOf } from './ovf-operating-systems.ts';

export interface OvfExport {
  /** Whose bytes the envelope describes; its `virtualSizeBytes` must be known. */
  readonly artifact: VmiArtifact;
  /** Of those bytes, beside the envelope. */
  readonly fileName: string;
  readonly fileSizeBytes: number;
}

const namespace = 'http://schemas.dmtf.org/ovf/envelope/1';
const cim = 'http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2';

/** URLs that name a disk's format (DSP0243, section 5.2); others are told as they are. */
const formatUrls: ReadonlyMap<string, string> = new Map([
  ['vmdk', 'http://www.vmware.com/interfaces/specifications/vmdk.html#streamOptimized'],
  ['qcow2', 'http://www.gnome.org/~markmc/qcow-image-format.html#qcow2'],
]);

/**
 * An OVF 1.1 envelope of one image with one disk: operating system, least memory, disk. Applications, stand-ins and
 * users have no place in it. Throws `unsupported` when the size of the disk is not known.
 */
export function printOvf(vmi: Vmi, { artifact, fileName, fileSizeBytes }: OvfExport): string {
  const { virtualSizeBytes, format = 'raw' } = artifact;
  if (virtualSizeBytes === undefined) {
    const message = `OVF needs the size of the disk of '${vmi.name}' as its machine sees it: register its virtualSizeBytes.`;
    throw new PlatformError('unsupported', message, { subject: vmi.id });
  }
  const attributes = (values: Readonly<Record<string, string | number>>): string =>
    Object.entries(values)
      .map(([key, value]) => ` ovf:${key}="${escaped(String(value))}"`)
      .join('');
  const file = attributes({ id: 'file1', href: fileName, size: fileSizeBytes });
  const disk = {
    diskId: 'disk1',
    fileRef: 'file1',
    capacity: virtualSizeBytes,
    capacityAllocationUnits: 'byte',
  };
  const url = formatUrls.get(format) ?? format;
  return `<?xml version="1.0" encoding="UTF-8"?>
<Envelope xmlns="${namespace}" xmlns:ovf="${namespace}" xmlns:rasd="${cim}/CIM_ResourceAllocationSettingData" xmlns:vssd="${cim}/CIM_VirtualSystemSettingData">
  <References><File${file}/></References>
  <DiskSection><Info>Disks</Info><Disk${attributes({ ...disk, format: url })}/></DiskSection>
  <VirtualSystem${attributes({ id: vmi.id })}>
    <Info>${escaped(vmi.description)}</Info>
    <Name>${escaped(vmi.name)}</Name>
    ${operatingSystemSection(vmi)}
    <AnnotationSection><Info>Description</Info><Annotation>${escaped(vmi.description)}</Annotation></AnnotationSection>
    ${hardwareSection(vmi, artifact)}
  </VirtualSystem>
</Envelope>
`;
}

function operatingSystemSection({ operatingSystem, architecture }: Vmi): string {
  const { name, flavour, version } = operatingSystem;
  const id = cimIdOf(name, flavour, architecture);
  const described = escaped(`${flavour} ${version} ${architecture}`);
  return `<OperatingSystemSection ovf:id="${id}" ovf:version="${escaped(version)}"><Info>System</Info><Description>${described}</Description></OperatingSystemSection>`;
}

const defaultMemoryMiB = 512;

/** In the order of elements that the schema of an Item wants. */
function hardwareSection({ id, minMemoryMiB = defaultMemoryMiB }: Vmi, { hypervisor }: VmiArtifact): string {
  const type = escaped(hypervisor ?? 'kvm');
  return `<VirtualHardwareSection>
      <Info>Hardware</Info>
      <System><vssd:ElementName>Hardware</vssd:ElementName><vssd:InstanceID>0</vssd:InstanceID><vssd:VirtualSystemIdentifier>${id}</vssd:VirtualSystemIdentifier><vssd:VirtualSystemType>${type}</vssd:VirtualSystemType></System>
      <Item><rasd:ElementName>CPU</rasd:ElementName><rasd:InstanceID>1</rasd:InstanceID><rasd:ResourceType>3</rasd:ResourceType><rasd:VirtualQuantity>1</rasd:VirtualQuantity></Item>
      <Item><rasd:AllocationUnits>byte * 2^20</rasd:AllocationUnits><rasd:ElementName>Memory</rasd:ElementName><rasd:InstanceID>2</rasd:InstanceID><rasd:ResourceType>4</rasd:ResourceType><rasd:VirtualQuantity>${minMemoryMiB}</rasd:VirtualQuantity></Item>
      <Item><rasd:ElementName>Disk</rasd:ElementName><rasd:HostResource>ovf:/disk/disk1</rasd:HostResource><rasd:InstanceID>3</rasd:InstanceID><rasd:ResourceType>17</rasd:ResourceType></Item>
    </VirtualHardwareSection>`;
}

/** Control characters that XML 1.0 cannot have are left out. */
function escaped(text: string): string {
  return text
    .replaceAll(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
