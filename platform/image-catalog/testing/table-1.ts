import { brandId } from '@trencadis/ids';
import type { Application, ImageRequirements, Requirement, Vmi } from '../model.ts';

const scientificLinux = { name: 'linux', flavour: 'Scientific Linux', version: '5.7' } as const;

/** An image of the paper's Table 1, as it was: for KVM, which we reach through libvirt. */
export function paperVmi(id: string, name: string, applications: readonly Application[]): Vmi {
  return {
    id: brandId('VmiId', id),
    name,
    description: 'The paper, Table 1.',
    architecture: 'x86_64',
    operatingSystem: scientificLinux,
    applications,
    standIns: [],
    artifacts: [
      { vmm: 'libvirt', location: `images/${id}.qcow2`, digest: brandId('Sha256', '0'.repeat(64)) },
    ],
  };
}

/** The paper's Table 1. */
export const table1: readonly Vmi[] = [
  paperVmi('base-toolkits', 'Base Toolkits', [
    { name: 'Globus Toolkit', version: '4.2.1' },
    { name: 'JDK', version: '1.6.0.35' },
    { name: 'Ant', version: '1.8.2' },
  ]),
  paperVmi('voms-service', 'VOMS Service', [{ name: 'VOMS Service' }]),
  paperVmi('postgresql', 'PostgreSQL', [{ name: 'Postgres', version: '8.4.9' }]),
  paperVmi('lfc', 'LFC', [{ name: 'gLite LFC' }]),
  paperVmi('se', 'SE', [{ name: 'gLite SE' }]),
  paperVmi('file-system', 'File System', []),
  paperVmi('gridftp', 'GridFTP', [{ name: 'GridFTP' }]),
];

export function attribute(
  key: Extract<Requirement, { kind: 'attribute' }>['key'],
  operator: Extract<Requirement, { kind: 'attribute' }>['operator'],
  value: string,
): Requirement {
  return { kind: 'attribute', key, operator, value };
}

export function application(
  name: string,
  operator?: Extract<Requirement, { kind: 'attribute' }>['operator'],
  version?: string,
): Requirement {
  return {
    kind: 'application',
    name,
    ...(operator === undefined ? {} : { operator }),
    ...(version === undefined ? {} : { version }),
  };
}

const scientificLinux57 = [
  attribute('architecture', '=', 'x86_64'),
  attribute('os.name', '=', 'linux'),
  attribute('os.flavour', '=', 'Scientific Linux'),
  attribute('os.version', '=', '5.7'),
];

/** Fig. 3's two systems, its damaged names repaired. */
export const figure3: Readonly<Record<'globus' | 'database', ImageRequirements>> = {
  globus: {
    hard: [
      ...scientificLinux57,
      application('globus', '=', '4'),
      application('jdk', '=', '1.6.0.35'),
      application('ant', '=', '1.8.2'),
    ],
    soft: [],
  },
  database: { hard: [...scientificLinux57, application('PostgreSQL', '>=', '8.4.9')], soft: [] },
};

/** The question of section 4.1; `operator` is how its "greater than 5.7" is read. */
export function section41(operator: '>' | '>='): ImageRequirements {
  return {
    hard: [
      attribute('vmm', '=', 'libvirt'),
      attribute('os.flavour', '=', 'Scientific Linux'),
      attribute('os.version', operator, '5.7'),
      application('Globus Toolkit', '=', '4'),
      application('Java Development Kit'),
    ],
    soft: [{ weight: 10, requirements: [application('Java', '=', '1.6.35')] }],
  };
}
