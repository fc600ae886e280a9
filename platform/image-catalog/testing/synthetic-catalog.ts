import { type VmiId, sha256OfText } from '@trencadis/ids';
import type { Application, ImageRequirements, Requirement, Vmi } from '../model.ts';

const systems = [
  ['Debian', ['10', '11', '12', '13']],
  ['Ubuntu', ['18.04', '20.04', '22.04', '24.04']],
  ['Scientific Linux', ['5.7', '6.10', '7.9']],
  ['AlmaLinux', ['8.10', '9.4', '9.5']],
  ['Alpine', ['3.18', '3.19', '3.20']],
] as const;
const products = ['local', 'libvirt', 'opennebula', 'openstack', 'ec2'] as const;
const applicationNames = [
  'jdk',
  'ant',
  'globus',
  'postgresql',
  'openssh',
  'puppet',
  'node',
  ...Array.from({ length: 293 }, (_, index) => `package-${index}`),
];

/** The same numbers every time, evenly spread (Park and Miller's minimal standard generator). */
function* numbers(seed: number): Generator<number, never> {
  for (let state = seed; ;) {
    state = (state * 48_271) % 2_147_483_647;
    yield state;
  }
}

/** A catalog like a large provider's: 17 systems, 300 applications in some 20 versions, up to 10 in an image. */
export function syntheticCatalog(count: number): readonly Vmi[] {
  const source = numbers(7);
  const below = (end: number): number => source.next().value % end;
  const pick = <Item>(items: readonly [Item, ...Item[]] | readonly Item[]): Item =>
    items[below(items.length)] as Item;
  return Array.from({ length: count }, (_, index): Vmi => {
    const [flavour, versions] = pick(systems);
    return {
      id: `image-${index}` as VmiId,
      name: `Image ${index}`,
      description: 'An image of a synthetic catalog.',
      owner: `user-${below(50)}`,
      architecture: below(10) === 0 ? 'aarch64' : 'x86_64',
      operatingSystem: { name: 'linux', flavour, version: pick<string>(versions) },
      applications: Array.from({ length: 1 + below(10) }, (): Application => ({
        name: below(3) === 0 ? pick(applicationNames.slice(0, 7)) : pick(applicationNames),
        version: `${1 + below(5)}.${below(4)}`,
      })),
      standIns: [],
      artifacts: Array.from({ length: 1 + below(2) }, () => ({
        vmm: pick(products),
        location: `/images/${index}`,
        digest: sha256OfText(String(index)),
        virtualSizeBytes: (1 + below(40)) * 2 ** 30,
      })),
      labels: { tier: below(2) === 0 ? 'gold' : 'silver' },
      versionNumber: 1,
      fingerprint: sha256OfText(`image ${index}`),
      createdAt: `2026-0${1 + below(9)}-1${below(10)}T00:00:00.000Z`,
    };
  });
}

type Single = Exclude<Requirement, { kind: 'any' }>;

/** Requirements as the API takes them too. */
interface Question extends ImageRequirements {
  readonly hard: readonly Single[];
  readonly soft: readonly { readonly weight: number; readonly requirements: readonly Single[] }[];
}

/** Questions as deployments ask them: a VM manager, a system, one to three applications; the last one nobody meets. */
export function syntheticQuestions(count: number): readonly Question[] {
  const source = numbers(11);
  const below = (end: number): number => source.next().value % end;
  const application = (): Single => ({
    kind: 'application',
    name: applicationNames[below(40)] ?? 'jdk',
    operator: '>=',
    version: `${1 + below(4)}.0`,
  });
  return Array.from({ length: count }, (_, index): Question => {
    const [flavour] = systems[below(systems.length)] ?? systems[0];
    return {
      hard: [
        {
          kind: 'attribute',
          key: 'vmm',
          operator: '=',
          value: products[below(products.length)] ?? 'local',
          places: ['ana~lab'],
        },
        { kind: 'attribute', key: 'architecture', operator: '=', value: 'amd64' },
        { kind: 'attribute', key: 'os.name', operator: '=', value: 'linux' },
        ...(index % 4 === 0
          ? []
          : [
              {
                kind: 'attribute' as const,
                key: 'os.flavour' as const,
                operator: '=' as const,
                value: flavour,
              },
            ]),
        ...Array.from({ length: index % 3 }, application),
        ...(index % 10 === 9 ? [{ kind: 'application' as const, name: 'nobody has it' }] : []),
      ],
      soft: [
        { weight: 10, requirements: [application()] },
        { weight: 5, requirements: [{ kind: 'attribute', key: 'label.tier', operator: '=', value: 'gold' }] },
      ],
    };
  });
}
