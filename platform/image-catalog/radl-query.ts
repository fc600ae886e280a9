import {
  type ApplicationRequest,
  type Diagnostic,
  type Feature,
  type RadlDocument,
  type RadlOptions,
  type RadlSystem,
  applicationsOf,
  intervalOf,
  readRadl,
  softGroupsOf,
  valueOfInterval,
} from '@trencadis/radl';
import type { AttributeKey, ImageRequirements, Requirement } from './model.ts';

export interface RadlQuery {
  /** Those of the chosen system; nothing is required when there is an error. */
  readonly requirements: ImageRequirements;
  readonly diagnostics: readonly Diagnostic[];
}

/** The system's feature that speaks of the image's attribute. */
const attributeKeys: ReadonlyMap<string, AttributeKey> = new Map([
  ['cpu.arch', 'architecture'],
  ['disk.0.os.name', 'os.name'],
  ['disk.0.os.flavour', 'os.flavour'],
  ['disk.0.os.version', 'os.version'],
  ['disk.0.image.name', 'name'],
  ['disk.0.image.url', 'location'],
  ['virtual_system_type', 'hypervisor'],
  ['image_type', 'format'],
]);

/** What the image needs must fit into what the system will get. */
const minimumKeys = [
  ['memory.size', 'memory.min'],
  ['disk.0.size', 'disk.min'],
] as const;

/** Of an application that a document says need not be in the image: better if it is, as IM has it. */
const weightOfNotPreinstalled = 1;

/**
 * What RADL text asks of the image of its system `systemId`, or of its only one (CAT-04). Never throws: whatever
 * hinders is among the diagnostics.
 */
export function parseRadlQuery(
  text: string,
  options: RadlOptions & { readonly systemId?: string } = {},
): RadlQuery {
  const { document, diagnostics } = readRadl(text, options);
  const nothing: ImageRequirements = { hard: [], soft: [] };
  if (diagnostics.some(({ severity }) => severity === 'error')) return { requirements: nothing, diagnostics };
  const chosen = chooseSystem(document, options.systemId);
  if ('code' in chosen) return { requirements: nothing, diagnostics: [...diagnostics, chosen] };
  return { requirements: radlImageRequirements(chosen), diagnostics };
}

function chooseSystem(document: RadlDocument, systemId: string | undefined): RadlSystem | Diagnostic {
  const systems = document.systems.filter(({ isReference }) => !isReference);
  const [only, ...others] = systems.filter(({ id }) => systemId === undefined || id === systemId);
  if (only !== undefined && others.length === 0) return only;
  const ids = systems.map(({ id }) => id);
  return {
    code: 'RADL312',
    severity: 'error',
    message: describeChoice(systemId, ids),
    span: others[0]?.span ?? { start: 0, end: 0, line: 1, column: 1 },
    ...(ids.length === 0 ? {} : { hint: `name one of ${ids.join(', ')}` }),
  };
}

function describeChoice(systemId: string | undefined, ids: readonly string[]): string {
  if (ids.length === 0) return 'no system is described, so nothing is asked of an image';
  if (systemId !== undefined) return `there is no system '${systemId}'`;
  return `${ids.length} systems are described, and an image is sought for one`;
}

/**
 * What a system asks of its image: name, URL, operating system, architecture, hypervisor and format, applications
 * with their paths, memory and disk as limits of what the image may need, and soft groups, each whole. What only
 * the machine has (CPUs, networks, price, credentials, data disks) asks nothing of an image, nor do Ansible's roles and
 * collections, which are named like applications.
 */
export function radlImageRequirements(
  system: RadlSystem,
  { areApplicationsOptional = false }: RadlQueryOptions = {},
): ImageRequirements {
  const applications = applicationsOf(system).filter(({ name }) => !isAnsibleContent(name));
  const optional = applications.filter(({ preinstalled = !areApplicationsOptional }) => !preinstalled);
  return {
    hard: [
      ...featureRequirements(system.features),
      ...applications.filter((each) => !optional.includes(each)).map(applicationRequirement),
    ],
    soft: [
      ...softGroupsOf(system).map(({ weight, features }) => ({
        weight,
        requirements: [
          ...featureRequirements(features),
          ...applicationsOf({ features }).map(applicationRequirement),
        ],
      })),
      ...optional.map((each) => ({
        weight: weightOfNotPreinstalled,
        requirements: [applicationRequirement(each)],
      })),
    ].filter(({ requirements }) => requirements.length > 0),
  };
}

export interface RadlQueryOptions {
  /** As IM has it: an application that is not said to be preinstalled is installed where the image lacks it. */
  readonly areApplicationsOptional?: boolean;
}

export function isAnsibleContent(name: string): boolean {
  return /^ansible\.(roles|modules|collections)\./.test(name);
}

function featureRequirements(features: readonly Feature[]): readonly Requirement[] {
  return [...features.flatMap(attributeRequirement), ...minimumRequirements(features)];
}

function attributeRequirement(feature: Feature): readonly Requirement[] {
  if (feature.kind !== 'comparison' || feature.value.kind === 'number') return [];
  const key = attributeKeys.get(feature.key);
  if (key === undefined) return [];
  const { operator, value } = feature;
  const values = value.kind === 'text' ? [value.text] : value.texts;
  const of = values.map((one): Requirement => ({ kind: 'attribute', key, operator, value: one }));
  return of.length > 1 ? [{ kind: 'any', of }] : of;
}

function minimumRequirements(features: readonly Feature[]): readonly Requirement[] {
  return minimumKeys.flatMap(([feature, key]): readonly Requirement[] => {
    const interval = intervalOf({ features }, feature);
    const bytes = interval === undefined ? undefined : valueOfInterval(interval);
    return bytes === undefined ? [] : [{ kind: 'attribute', key, operator: '<=', value: exactSize(bytes) }];
  });
}

const units: readonly (readonly [string, number])[] = [
  ['TiB', 2 ** 40],
  ['TB', 1e12],
  ['GiB', 2 ** 30],
  ['GB', 1e9],
  ['MiB', 2 ** 20],
  ['MB', 1e6],
];

/** `512MiB`, `10GB`: in the largest unit that it is a whole number of. */
function exactSize(bytes: number): string {
  const [unit, factor] = units.find(([, each]) => bytes > 0 && bytes % each === 0) ?? ['B', 1];
  return `${bytes / factor}${unit}`;
}

function applicationRequirement({ name, operator, version, path }: ApplicationRequest): Requirement {
  return {
    kind: 'application',
    name,
    ...(operator && version !== undefined ? { operator, version } : {}),
    ...(path === undefined ? {} : { path }),
  };
}
