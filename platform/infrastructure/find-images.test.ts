import { type Vmi, matchImages } from '@trencadis/image-catalog';
import { brandId, sha256OfText } from '@trencadis/ids';
import { deployedSystems, hasErrors, readRadl } from '@trencadis/radl';
import type { BootableImage } from '@trencadis/vmm';
import { describe, expect, it } from 'vitest';
import { type FoundImage, findImages } from './find-images.ts';
import { type VmmForDeployment, pinOf } from './offers.ts';
import { exampleCapabilities, keyServerOffers } from './testing/key-server-offers.ts';

type Site = Pick<VmmForDeployment, 'vmm' | 'product'> & Partial<VmmForDeployment>;
const site = (parts: Site): VmmForDeployment => ({
  name: parts.vmm,
  takesUserData: true,
  capabilities: exampleCapabilities,
  quota: {},
  ...parts,
});
const sites = [
  site({ vmm: 'ost', product: 'openstack', places: ['ost', 'keystone.example.org'], isOwn: true }),
  site({ vmm: 'eva~ost', product: 'openstack' }),
  site({ vmm: 'aws', product: 'ec2', places: ['aws', 'eu-west-1'] }),
  site({ vmm: 'one', product: 'opennebula', places: ['one', 'one.example.org'], isOwn: true }),
  site({ vmm: 'ana~kvm', product: 'libvirt', isOwn: true }),
  site({ vmm: 'kvm', product: 'libvirt' }),
];

type Artifact = Vmi['artifacts'][number];
function vmi(id: string, artifacts: readonly Omit<Artifact, 'digest'>[]): Vmi {
  return {
    id: brandId('VmiId', id),
    name: id,
    description: '',
    architecture: 'x86_64',
    operatingSystem: { name: 'linux', flavour: 'Debian', version: '12' },
    applications: [{ name: 'postgresql', version: '15' }],
    standIns: [],
    artifacts: artifacts.map((artifact) => ({
      ...artifact,
      digest: sha256OfText(JSON.stringify([id, artifact])),
    })),
  };
}

interface Attempt {
  readonly features: string;
  readonly catalog?: readonly Vmi[];
  readonly pinned?: ReadonlyMap<string, ReturnType<typeof sha256OfText>>;
  /** What the VM managers tell of the images that are named. */
  readonly bootable?: ReadonlyMap<string, BootableImage>;
}

function foundFor({
  features,
  catalog = [],
  pinned = new Map(),
  bootable,
}: Attempt): Readonly<Record<string, FoundImage>> {
  const { document, diagnostics } = readRadl(`system web (${features})\ndeploy web 1`, { dialect: 'im' });
  if (hasErrors(diagnostics)) throw new Error(JSON.stringify(diagnostics));
  const found = findImages(
    { id: brandId('InfrastructureId', 'inf-aaaaaaaa'), dialect: 'im' },
    deployedSystems(document),
    {
      ...keyServerOffers,
      vmms: bootable === undefined ? sites : sites.map((each) => ({ ...each, named: bootable })),
      matchImages: (requirements) => matchImages(requirements, catalog),
      pinned,
    },
  );
  return Object.fromEntries(found.get('web') ?? []);
}

/** Location of the image, by VM manager, where there is one. */
function locations(attempt: Attempt): Readonly<Record<string, string>> {
  const found = Object.entries(foundFor(attempt));
  return Object.fromEntries(
    found.flatMap(([vmm, each]) => ('image' in each ? [[vmm, each.image.location]] : [])),
  );
}

describe('an image of the catalog', () => {
  const features = "disk.0.os.name = 'linux'";

  it('boots at the VM manager that its artifact names, by the key, region or host', () => {
    const at = (vmm: string, endpoint: string) =>
      locations({ features, catalog: [vmi('a', [{ vmm, endpoint, nativeId: 'id-1', location: '' }])] });
    expect(at('openstack', 'eva~ost')).toEqual({ 'eva~ost': 'id-1' });
    expect(at('openstack', 'Keystone.example.org')).toEqual({ ost: 'id-1' });
    expect(at('ec2', 'eu-west-1')).toEqual({ aws: 'id-1' });
    expect(at('ec2', 'us-east-1')).toEqual({});
  });

  it('boots at all of its product where it names none', () => {
    const catalog = [vmi('a', [{ vmm: 'libvirt', location: 'https://example.org/a.qcow2' }])];
    expect(Object.keys(locations({ features, catalog }))).toEqual(['ana~kvm', 'kvm']);
  });

  it('has another id at each', () => {
    const catalog = [
      vmi('a', [
        { vmm: 'openstack', endpoint: 'ost', nativeId: 'id-1', location: '' },
        { vmm: 'openstack', endpoint: 'eva~ost', nativeId: 'id-2', location: '' },
      ]),
    ];
    expect(locations({ features, catalog })).toEqual({ ost: 'id-1', 'eva~ost': 'id-2' });
  });

  it('says where else it is', () => {
    const catalog = [vmi('a', [{ vmm: 'ec2', endpoint: 'us-east-1', nativeId: 'ami-1', location: '' }])];
    expect(foundFor({ features, catalog })['aws']).toMatchObject({
      because: expect.stringContaining('it is at us-east-1 only'),
    });
  });
});

const noDigest = sha256OfText('openstack 1f2e');

describe('an image that a document names by its URL', () => {
  const named = (url: string, more = '') => `disk.0.image.url = ${url}${more}`;

  it.each([
    ["'ost://keystone.example.org/1f2e'", { ost: '1f2e' }],
    ["'aws://eu-west-1/ami-0abc'", { aws: 'ami-0abc' }],
    ["'ami-0abc'", { aws: 'ami-0abc' }],
    ["'one://one.example.org/35'", { one: '35' }],
    ["'default/debian.qcow2'", { 'ana~kvm': 'default/debian.qcow2' }],
    ["['ost://keystone.example.org/1f2e', 'one://one.example.org/35']", { ost: '1f2e', one: '35' }],
    ["'ost://elsewhere/1f2e'", {}],
  ])('%s is had where it belongs, without the catalog', (url, expected) => {
    expect(locations({ features: named(url) })).toEqual(expected);
  });

  it('is described by the document', () => {
    const more = " and disk.0.os.flavour = 'debian' and cpu.arch = 'i386' and disk.0.os.version >= '12'";
    const { ost } = foundFor({ features: named("'ost://keystone.example.org/1f2e'", more) });
    expect(ost).toMatchObject({
      image: { location: '1f2e', digest: noDigest },
      choice: { vmiName: 'ost://keystone.example.org/1f2e', url: 'ost://keystone.example.org/1f2e' },
      architecture: 'i386',
    });
  });

  it('has no applications that are known', () => {
    const asks = (preinstalled: string) =>
      ` and disk.0.applications contains (name = 'postgresql' and preinstalled = '${preinstalled}')`;
    const url = "'ost://keystone.example.org/1f2e'";
    expect(foundFor({ features: named(url, asks('no')) })['ost']).toHaveProperty('image');
    expect(foundFor({ features: named(url, asks('yes')) })['ost']).toMatchObject({
      because: expect.stringContaining('no application is known to be in it'),
    });
    const catalog = [vmi('a', [{ vmm: 'openstack', endpoint: 'ost', nativeId: '1f2e', location: '' }])];
    expect(foundFor({ features: named(url, asks('yes')), catalog })['ost']).toMatchObject({
      choice: { vmiName: 'a' },
    });
  });

  it('stays what it was when the catalog gets to know it', () => {
    const features = named("'ost://keystone.example.org/1f2e'");
    const catalog = [vmi('a', [{ vmm: 'openstack', endpoint: 'ost', nativeId: '1f2e', location: '' }])];
    const kept = sha256OfText('kept');
    const pinned = new Map([[pinOf('web', 'ost', 'ost://keystone.example.org/1f2e'), kept]]);
    expect(foundFor({ features, catalog, pinned })['ost']).toMatchObject({
      image: { digest: kept },
    });
  });

  it('has the digest and needs that the VM manager tells, and is not there where it tells of none', () => {
    const digest = sha256OfText('content');
    const told = { name: 'debian', location: '1f2e', digest, minMemoryMiB: 1024 };
    const askedOf = (images: readonly BootableImage[], more = '') => {
      const bootable = new Map(images.map((image) => [image.location, image]));
      const features = named("'ost://keystone.example.org/1f2e'", more);
      return foundFor({ features, bootable })['ost'];
    };
    expect(askedOf([told])).toMatchObject({ image: { location: '1f2e', digest } });
    expect(askedOf([])).toMatchObject({ because: expect.stringContaining("has no image '1f2e'") });
    expect(askedOf([told], ' and memory.size = 512Mi')).toMatchObject({
      because: expect.stringContaining('memory.min <= 512MiB'),
    });
  });

  it('says where it would be, and that files of others are not booted', () => {
    const because = (url: string, vmm: string) => foundFor({ features: named(url) })[vmm];
    expect(because("'ost://elsewhere/1'", 'ost')).toMatchObject({
      because: expect.stringMatching(
        /one of product 'openstack' at 'elsewhere', which VM manager 'ost' is not/,
      ),
    });
    expect(because("'default/other.qcow2'", 'kvm')).toMatchObject({
      because: expect.stringContaining("VM manager 'kvm' is not yours"),
    });
    expect(because("'/etc/shadow'", 'ana~kvm')).toMatchObject({
      because: expect.stringContaining("a path of the platform's own host"),
    });
  });
});
