import { type FeatureOwner, intervalOf, textOf } from './features.ts';
import { valueOfInterval } from './intervals.ts';
import type { Comparison, Feature, RadlSystem } from './model.ts';

/** An application a system must have. A version compared twice gives two requests; both must hold. */
export interface ApplicationRequest {
  readonly name: string;
  readonly operator?: Comparison;
  readonly version?: string;
  /** True: only an image that has it will do. */
  readonly preinstalled?: boolean;
  readonly path?: string;
}

export interface SoftGroup {
  readonly weight: number;
  readonly features: readonly Feature[];
}

export interface SystemInterface {
  readonly index: number;
  readonly networkId: string;
  readonly ip?: string;
  /** May hold `#N#`: the number of the machine. */
  readonly dnsName?: string;
}

export interface DataDisk {
  readonly index: number;
  readonly sizeBytes?: number;
  readonly mountPath?: string;
  readonly fstype?: string;
  readonly persistent?: boolean;
  readonly name?: string;
}

/** The hard requests of `disk.N.applications contains (...)`, merged by name, in the order of the document. */
export function applicationsOf(owner: FeatureOwner): readonly ApplicationRequest[] {
  const contained = owner.features.filter(
    (feature) => feature.kind === 'contains' && /^disk\.\d+\.applications?$/.test(feature.key),
  );
  const byName = Map.groupBy(contained as readonly FeatureOwner[], (each) => textOf(each, 'name') ?? '');
  byName.delete('');
  return [...byName].flatMap(([name, group]) =>
    requestsOf(
      name,
      group.flatMap((each) => each.features),
    ),
  );
}

function requestsOf(name: string, features: readonly Feature[]): readonly ApplicationRequest[] {
  const preinstalled = textOf({ features }, 'preinstalled');
  const path = textOf({ features }, 'path');
  const request: ApplicationRequest = {
    name,
    ...(preinstalled === undefined ? {} : { preinstalled: preinstalled === 'yes' }),
    ...(path === undefined ? {} : { path }),
  };
  const versions = features.flatMap((feature) =>
    feature.kind === 'comparison' && feature.key === 'version' && feature.value.kind === 'text'
      ? [{ operator: feature.operator, version: feature.value.text }]
      : [],
  );
  const distinct = versions.filter(
    (each, index) =>
      versions.findIndex((other) => other.operator === each.operator && other.version === each.version) ===
      index,
  );
  return distinct.length === 0 ? [request] : distinct.map((version) => ({ ...request, ...version }));
}

/** Soft groups, heaviest first; equal weights in the order of the document. */
export function softGroupsOf(owner: FeatureOwner): readonly SoftGroup[] {
  return owner.features
    .filter((feature) => feature.kind === 'soft')
    .map(({ weight, features }) => ({ weight, features }))
    .toSorted((a, b) => b.weight - a.weight);
}

/** Interfaces that have a network, by index. */
export function interfacesOf(system: RadlSystem): readonly SystemInterface[] {
  return indicesOf(system, 'net_interface').flatMap((index) => {
    const networkId = textOf(system, `net_interface.${index}.connection`);
    if (networkId === undefined) return [];
    const ip = textOf(system, `net_interface.${index}.ip`);
    const dnsName = textOf(system, `net_interface.${index}.dns_name`);
    return {
      index,
      networkId,
      ...(ip === undefined ? {} : { ip }),
      ...(dnsName === undefined ? {} : { dnsName }),
    };
  });
}

/** Data disks (1 and up; disk 0 is the image's), by index. */
export function disksOf(system: RadlSystem): readonly DataDisk[] {
  return indicesOf(system, 'disk')
    .filter((index) => index >= 1)
    .map((index) => {
      const size = intervalOf(system, `disk.${index}.size`);
      const sizeBytes = size === undefined ? undefined : valueOfInterval(size);
      const text = (key: string): string | undefined => textOf(system, `disk.${index}.${key}`);
      const mountPath = text('mount_path');
      const fstype = text('fstype');
      const persistent = text('persistent');
      const name = text('name');
      return {
        index,
        ...(sizeBytes === undefined ? {} : { sizeBytes }),
        ...(mountPath === undefined ? {} : { mountPath }),
        ...(fstype === undefined ? {} : { fstype }),
        ...(persistent === undefined ? {} : { persistent: persistent === 'yes' }),
        ...(name === undefined ? {} : { name }),
      };
    });
}

/** Whether the platform brings machines of the system back by itself. */
export function isSystemRepaired(system: RadlSystem): boolean {
  return textOf(system, 'repair') === 'yes';
}

function indicesOf(system: RadlSystem, prefix: string): readonly number[] {
  const indices = new Set<number>();
  for (const feature of system.features) {
    if (feature.kind === 'soft' || !feature.key.startsWith(`${prefix}.`)) continue;
    const index = feature.key.split('.')[1] ?? '';
    if (/^\d{1,6}$/.test(index)) indices.add(Number(index));
  }
  return [...indices].toSorted((a, b) => a - b);
}
