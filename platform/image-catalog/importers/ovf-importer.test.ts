import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { create } from 'tar';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { allOf } from '../testing/all-of.ts';
import { createOvfImporter } from './ovf-importer.ts';

const disk = 'bytes of a disk';
const digestOf = (text: string, algorithm = 'sha256'): string =>
  createHash(algorithm).update(text).digest('hex');

interface Parts {
  readonly references?: string;
  readonly disks?: string;
  readonly system?: string;
  readonly hardware?: string;
}

const file = '<File ovf:id="f1" ovf:href="disk.vmdk" ovf:size="15"/>';
const oneDisk =
  '<Disk ovf:diskId="d1" ovf:fileRef="f1" ovf:capacity="10" ovf:capacityAllocationUnits="byte * 2^30" ovf:format="http://www.vmware.com/interfaces/specifications/vmdk.html#streamOptimized"/>';
const debian =
  '<OperatingSystemSection ovf:id="96" ovf:version="12"><Info/><Description>Debian GNU/Linux 12 (64-bit)</Description></OperatingSystemSection>';
const memory =
  '<Item><rasd:AllocationUnits>byte * 2^20</rasd:AllocationUnits><rasd:ResourceType>4</rasd:ResourceType><rasd:VirtualQuantity>2048</rasd:VirtualQuantity></Item>';
const drive =
  '<Item><rasd:HostResource>ovf:/disk/d1</rasd:HostResource><rasd:ResourceType>17</rasd:ResourceType></Item>';

function envelope({
  references = file,
  disks = oneDisk,
  system = debian,
  hardware = memory + drive,
}: Parts = {}) {
  return `<?xml version="1.0" encoding="UTF-8"?>
<Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/1" xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1" xmlns:rasd="urn:rasd" xmlns:vssd="urn:vssd">
<References>${references}</References>
<DiskSection><Info/>${disks}</DiskSection>
<VirtualSystem ovf:id="web"><Info/><Name>Web server</Name>
${system}
<ProductSection><Product>Web</Product><Version>1.4</Version></ProductSection>
<VirtualHardwareSection><System><vssd:VirtualSystemType>vmx-19</vssd:VirtualSystemType></System>
<Config ovf:key="firmware" ovf:value="efi"/>
${hardware}</VirtualHardwareSection>
<AnnotationSection><Annotation>Serves &amp; logs.</Annotation></AnnotationSection>
</VirtualSystem></Envelope>`;
}

describe('the importer of OVF', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'trencadis-ovf-'));
    await write('web.ovf', envelope());
    await write('disk.vmdk', disk);
  });
  afterEach(() => rm(directory, { recursive: true }));

  const write = (name: string, text: string): Promise<void> => writeFile(join(directory, name), text);
  const read = (name = 'web.ovf', signal = new AbortController().signal) =>
    allOf(createOvfImporter().read(join(directory, name), signal));

  async function pack(...names: readonly string[]): Promise<void> {
    await create({ cwd: directory, file: join(directory, 'web.ova') }, [...names]);
  }

  const web = {
    id: 'web-server',
    name: 'Web server',
    description: 'Serves & logs.',
    labels: { product: 'Web' },
    metadata: {
      architecture: 'x86_64',
      operatingSystem: { name: 'linux', flavour: 'Debian', version: '12' },
      applications: [],
      standIns: [],
      minDiskGiB: 10,
      minMemoryMiB: 2048,
      firmware: 'uefi',
    },
    sourceVersion: '1.4',
  };
  const artifact = {
    vmm: 'libvirt',
    digest: digestOf(disk),
    format: 'vmdk',
    virtualSizeBytes: 10 * 2 ** 30,
    hypervisor: 'vmware',
  };

  it('reads a descriptor with its disk, and says that nothing proves them', async () => {
    expect(await read()).toEqual([
      {
        ...web,
        artifacts: [{ ...artifact, location: join(directory, 'disk.vmdk') }],
        warnings: ['there is no manifest, so nothing proves that the files are whole'],
      },
    ]);
  });

  it('reads an archive, its manifest verified', async () => {
    await write(
      'web.mf',
      `SHA256(web.ovf)= ${digestOf(envelope())}\nSHA1 (disk.vmdk) = ${digestOf(disk, 'sha1')}\n`,
    );
    await pack('web.ovf', 'web.mf', 'disk.vmdk');
    expect(await read('web.ova')).toEqual([
      {
        ...web,
        artifacts: [{ ...artifact, location: `${join(directory, 'web.ova')}#disk.vmdk` }],
        warnings: [],
      },
    ]);
  });

  it('reads a directory of both', async () => {
    await pack('web.ovf', 'disk.vmdk');
    const images = await read('.');
    expect(images.map(({ artifacts }) => artifacts[0]?.digest)).toEqual([digestOf(disk), digestOf(disk)]);
  });

  it.each(['web.ovf', 'web.ova'])('refuses bytes that are not those of the manifest: %s', async (name) => {
    await write('web.mf', `SHA512(disk.vmdk)= ${digestOf('other', 'sha512')}`);
    await pack('web.ovf', 'web.mf', 'disk.vmdk');
    await expect(read(name)).rejects.toMatchObject({
      code: 'invalid-argument',
      message: expect.stringMatching(/disk\.vmdk is not the file of the manifest: its SHA512 is /),
    });
  });

  it('refuses a manifest that it cannot read', async () => {
    await write('web.mf', 'SHA256(disk.vmdk)= abc');
    await expect(read()).rejects.toThrow(/manifest of .*web\.ovf is wrong in line 1/);
  });

  it.each([
    [
      '<OperatingSystemSection ovf:id="94"><Description>Ubuntu 22.04 LTS</Description></OperatingSystemSection>',
      'Ubuntu',
      '22.04',
      'x86_64',
    ],
    [
      '<OperatingSystemSection ovf:id="101"><Description>Rocky Linux 9 (64-bit)</Description></OperatingSystemSection>',
      'Rocky Linux',
      '9',
      'x86_64',
    ],
    ['<OperatingSystemSection ovf:id="1" vmw:osType="debian11_64Guest"/>', 'unknown', '', 'x86_64'],
    [
      '<OperatingSystemSection ovf:id="1"><Description>Windows Server 2022 (64-bit)</Description></OperatingSystemSection>',
      'Windows',
      '2022',
      'x86_64',
    ],
    ['', 'unknown', '', 'unknown'],
  ])('reads the operating system: %s', async (system, flavour, version, architecture) => {
    await write('web.ovf', envelope({ system }));
    const [image] = await read();
    expect(image?.metadata).toMatchObject({ architecture, operatingSystem: { flavour, version } });
    const saysNoVersion = image?.warnings.includes('Web server says no version of its operating system');
    expect(saysNoVersion).toBe(version === '');
  });

  it('takes the least memory that is said to do, in its units', async () => {
    const item = (bound: string, amount: number) =>
      `<Item ovf:bound="${bound}"><rasd:AllocationUnits>GigaBytes</rasd:AllocationUnits><rasd:ResourceType>4</rasd:ResourceType><rasd:VirtualQuantity>${amount}</rasd:VirtualQuantity></Item>`;
    await write('web.ovf', envelope({ hardware: item('normal', 4) + item('min', 1) + item('max', 0) }));
    const [image] = await read();
    expect(image?.metadata.minMemoryMiB).toBe(1024);
    expect(image?.artifacts).toEqual([]);
    expect(image?.warnings).toContain('Web server has no disk file');
  });

  it('imports the disk that boots, and names the others', async () => {
    const second = oneDisk.replace('d1', 'd2');
    const hardware = drive + drive.replace('d1', 'd2');
    await write('web.ovf', envelope({ disks: oneDisk + second, hardware }));
    const [image] = await read();
    expect(image?.artifacts).toHaveLength(1);
    expect(image?.warnings).toContain('Web server has more disks, which are not imported: disk.vmdk');
  });

  it.each([
    [
      'no envelope',
      '<Other/>',
      'web.ovf, at /Other, is not OVF that can be imported: its root element is not Envelope',
    ],
    ['no system', '<Envelope/>', 'it describes no VirtualSystem'],
    ['no XML', 'hello', 'web.ovf:1:1 is not XML'],
    ['a document type', '<!DOCTYPE x><Envelope/>', 'a document type is not read'],
    [
      'an unknown disk',
      envelope({ disks: '' }),
      'web.ovf, at /Envelope/VirtualSystem/VirtualHardwareSection/Item[2], is not OVF that can be imported: it uses the disk d1',
    ],
    ['an unknown file', envelope({ references: '' }), 'its fileRef names no File of References'],
    [
      'a capacity of variables',
      envelope({ disks: oneDisk.replace('"10"', '"${size}"') }),
      'its capacity is no number',
    ],
    [
      'unknown units',
      envelope({ hardware: memory.replace('byte * 2^20', 'pages') }),
      'its memory is no number of known units',
    ],
    [
      'a compressed disk',
      envelope({ references: file.replace('/>', ' ovf:compression="gzip"/>') }),
      'disk.vmdk is compressed (gzip)',
    ],
    [
      'a disk in chunks',
      envelope({ references: file.replace('/>', ' ovf:chunkSize="1"/>') }),
      'disk.vmdk is in chunks',
    ],
    [
      'a disk elsewhere',
      envelope({ references: file.replace('disk.vmdk', '../disk.vmdk') }),
      "the disk file '../disk.vmdk', which is not beside it",
    ],
  ])('refuses %s', async (_what, text, problem) => {
    await write('web.ovf', text);
    await expect(read()).rejects.toMatchObject({
      code: 'invalid-argument',
      message: expect.stringContaining(problem),
    });
  });

  it('refuses a descriptor that is too large', async () => {
    await write('web.ovf', ' '.repeat(2 ** 20 + 1));
    await expect(read()).rejects.toMatchObject({ code: 'invalid-argument' });
  });

  it.each([
    ['no descriptor', ['disk.vmdk'], 'it has no .ovf file', 'invalid-argument'],
    ['no disk', ['web.ovf'], 'has no disk.vmdk, which its descriptor names', 'not-found'],
    ['the same file twice', ['web.ovf', 'web.ovf'], 'it has web.ovf twice', 'invalid-argument'],
  ])('refuses an archive with %s', async (_what, names, problem, code) => {
    await pack(...names);
    await expect(read('web.ova')).rejects.toMatchObject({ code, message: expect.stringContaining(problem) });
  });

  it('refuses an archive that is none, or is cut', async () => {
    await write('web.ova', 'x'.repeat(2048));
    await expect(read('web.ova')).rejects.toMatchObject({ code: 'invalid-argument' });
  });

  it.each([
    ['missing.ovf', 'not-found'],
    ['missing.ova', 'not-found'],
    ['disk.vmdk', 'invalid-argument'],
  ])('%s: %s', async (name, code) => {
    await expect(read(name)).rejects.toMatchObject({ code });
  });

  it('names a disk that is not there', async () => {
    await rm(join(directory, 'disk.vmdk'));
    await expect(read()).rejects.toMatchObject({ code: 'not-found', subject: join(directory, 'disk.vmdk') });
  });

  it('stops when it is aborted', async () => {
    await pack('web.ovf', 'disk.vmdk');
    const stopped = AbortSignal.abort(new Error('enough'));
    await expect(read('web.ovf', stopped)).rejects.toThrow('enough');
    await expect(read('web.ova', stopped)).rejects.toThrow('enough');
  });
});
