import { sha256OfText } from '@trencadis/ids';
import { fc } from '@fast-check/vitest';
import type { ImageRequirements, Requirement, Vmi } from '../model.ts';
import { paperVmi } from './table-1.ts';

const version = fc.constantFrom('1', '1.6', '1.6.0.35', '6u35', '4.2.1', '5.7', '5.07', '12');
const name = fc.constantFrom('jdk', 'Java', 'ant', 'globus', 'node');
const operator = fc.constantFrom('=', '!=', '<', '<=', '>', '>=', 'prefix' as const);
const size = fc.constantFrom('512MiB', '1 GB', '2GiB', '20 GiB', 'big');
const scheme = fc.constantFrom('deb', 'rpm', 'semver' as const);
const flavour = fc.constantFrom('Debian', 'SL', 'Scientific Linux');
const product = fc.constantFrom('local', 'LIBVIRT', 'ec2');

function attributeOn(
  key: Extract<Requirement, { kind: 'attribute' }>['key'],
  value: fc.Arbitrary<string>,
): fc.Arbitrary<Requirement> {
  return fc.record({ kind: fc.constant('attribute' as const), key: fc.constant(key), operator, value });
}

const single: fc.Arbitrary<Requirement> = fc.oneof(
  fc.record({ kind: fc.constant('application' as const), name, operator, version }),
  fc.record({ kind: fc.constant('application' as const), name, operator, version, scheme }),
  fc.record({ kind: fc.constant('application' as const), name }),
  fc.record({ kind: fc.constant('application' as const), name, path: fc.constantFrom('/opt', '/usr') }),
  attributeOn('os.version', version),
  attributeOn('os.flavour', flavour),
  attributeOn('architecture', fc.constantFrom('amd64', 'x86_64', 'arm64')),
  attributeOn('vmm', product),
  fc.record({
    kind: fc.constant('attribute' as const),
    key: fc.constant('vmm' as const),
    operator,
    value: product,
    places: fc.subarray(['eu', 'us', 'ana~lab']),
  }),
  attributeOn('endpoint', fc.constantFrom('eu', 'US')),
  attributeOn('firmware', fc.constantFrom('uefi', 'bios')),
  attributeOn('name', fc.constantFrom('one', 'Two', 't')),
  attributeOn('owner', fc.constantFrom('ana', 'bob')),
  attributeOn('disk.size', size),
  attributeOn('memory.min', size),
  attributeOn('label.tier', fc.constantFrom('gold', 'GO')),
);

const requirement: fc.Arbitrary<Requirement> = fc.oneof(
  { arbitrary: single, weight: 8 },
  {
    arbitrary: fc.record({ kind: fc.constant('any' as const), of: fc.array(single, { maxLength: 3 }) }),
    weight: 1,
  },
);

export const arbitraryRequirements: fc.Arbitrary<ImageRequirements> = fc.record({
  hard: fc.array(requirement, { maxLength: 3 }),
  soft: fc.array(
    fc.record({
      weight: fc.integer({ min: 1, max: 3 }),
      requirements: fc.array(requirement, { minLength: 1, maxLength: 2 }),
    }),
    { maxLength: 3 },
  ),
});

const operatingSystem = fc.record({ name: fc.constant('linux'), flavour, version });
const installed = fc.record(
  { name, version, path: fc.constantFrom('/opt', '/usr') },
  { requiredKeys: ['name'] },
);
const standIn = fc.record({
  for: fc.oneof(
    fc.record({ kind: fc.constant('os' as const), operatingSystem }),
    fc.record({ kind: fc.constant('application' as const), application: installed }),
  ),
  by: fc.constant('something'),
});
const artifact = fc.record(
  {
    vmm: product,
    endpoint: fc.constantFrom('eu', 'us'),
    location: fc.constantFrom('/a', '/b'),
    digest: fc.constant(sha256OfText('bytes')),
    virtualSizeBytes: fc.constantFrom(10 ** 9, 2 ** 31),
  },
  { requiredKeys: ['vmm', 'location', 'digest'] },
);
const parts = fc.record(
  {
    name: fc.constantFrom('One', 'Two'),
    architecture: fc.constantFrom('x86_64', 'aarch64'),
    operatingSystem,
    applications: fc.array(installed, { maxLength: 4 }),
    standIns: fc.array(standIn, { maxLength: 3 }),
    artifacts: fc.array(artifact, { maxLength: 3 }),
    owner: fc.constantFrom('ana', 'bob'),
    labels: fc.dictionary(fc.constantFrom('tier', 'other'), fc.constantFrom('gold', 'Silver')),
    firmware: fc.constantFrom('uefi', 'bios' as const),
    minMemoryMiB: fc.constantFrom(512, 2048),
    createdAt: fc.constantFrom('2026-01-01T00:00:00.000Z', '2026-02-01T00:00:00.000Z'),
  },
  {
    requiredKeys: ['name', 'architecture', 'operatingSystem', 'applications', 'standIns', 'artifacts'],
  },
);

/** Images that differ in little, so that many requirements tell them apart only just. */
export const arbitraryCatalog: fc.Arbitrary<readonly Vmi[]> = fc
  .array(parts, { maxLength: 8 })
  .map((all) => all.map((one, index) => ({ ...paperVmi(`vmi-${index}`, '', []), ...one })));
