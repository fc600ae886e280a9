import type { Member } from '@trencadis/infrastructure';
import type { ShellEndpoint } from '@trencadis/contextualization';
import { type Feature, type RadlDocument, type Span, type Value, interfacesOf } from '@trencadis/radl';
import type { Vm } from '@trencadis/vmm';
import type { ImState } from './decide-states.ts';

/** What is known of one VM. */
export interface KnownVm {
  readonly member: Member;
  readonly state: ImState;
  /** By network id of the document; where outsiders reach it, if that is elsewhere. */
  readonly addresses: Readonly<Record<string, string>>;
  readonly provider: { readonly type: string; readonly host?: string };
  /** Absent where it is not there, or its VM manager does not answer. */
  readonly vm?: Vm;
  /** Beside the one that it boots from. */
  readonly disks: readonly { readonly index: number; readonly sizeBytes: number }[];
  /** For who may see it. */
  readonly login?: Pick<ShellEndpoint, 'user' | 'privateKey'>;
}

const nowhere: Span = { start: 0, end: 0, line: 1, column: 1 };

function feature(key: string, value: Value): Feature {
  return { kind: 'comparison', key, operator: '=', value, span: nowhere };
}

const textFeature = (key: string, text: string) => feature(key, { kind: 'text', text });
const numberFeature = (key: string, value: number, unit?: string) =>
  feature(key, { kind: 'number', value, ...(unit === undefined ? {} : { unit }) });

/** The RADL of one VM as IM answers it: its networks, and its system with all that was chosen and found. */
export function vmDocument(document: RadlDocument, known: KnownVm): RadlDocument | undefined {
  const system = document.systems.find(({ id }) => id === known.member.systemId);
  if (system === undefined) return undefined;
  const connections = interfacesOf(system);
  const networkIds = new Set(connections.map(({ networkId }) => networkId));
  const found = [
    ...placeFeatures(known),
    ...sizeFeatures(known),
    ...connections.flatMap(({ index, networkId }) => {
      const address = known.addresses[networkId];
      return address === undefined ? [] : [textFeature(`net_interface.${index}.ip`, address)];
    }),
    ...loginFeatures(known),
  ];
  const keys = new Set(found.flatMap((each) => ('key' in each ? [each.key] : [])));
  const asked = system.features
    .filter((each) => each.kind !== 'soft' && !keys.has(each.key))
    .map((each) => withNumber(each, known.member.number));
  return {
    networks: document.networks.filter(({ id }) => networkIds.has(id)),
    ansibles: [],
    systems: [{ ...system, features: [...asked, ...found] }],
    services: [],
    inputs: [],
    outputs: [],
    configures: [],
    deploys: [],
  };
}

function placeFeatures({ state, member, provider, vm }: KnownVm): readonly Feature[] {
  return [
    textFeature('state', state),
    textFeature('id', String(member.ordinal)),
    textFeature('provider.type', provider.type),
    ...(provider.host === undefined ? [] : [textFeature('provider.host', provider.host)]),
    ...(vm === undefined
      ? []
      : [
          textFeature('instance_id', vm.name),
          textFeature('instance_name', vm.name),
          textFeature('disk.0.image.url', vm.image.location),
          ...(vm.instanceType === undefined ? [] : [textFeature('instance_type', vm.instanceType)]),
          ...(vm.zone === undefined ? [] : [textFeature('availability_zone', vm.zone)]),
        ]),
  ];
}

const bytesPerMiB = 2 ** 20;

/** Sizes in bytes: what K, M and G mean has changed between versions of IM. */
function sizeFeatures({ vm, disks }: KnownVm): readonly Feature[] {
  const size =
    vm === undefined
      ? []
      : [
          numberFeature('cpu.count', vm.cpuCount),
          numberFeature('memory.size', vm.memoryMiB * bytesPerMiB, 'B'),
        ];
  return [
    ...size,
    ...disks.map(({ index, sizeBytes }) => numberFeature(`disk.${index}.size`, sizeBytes, 'B')),
  ];
}

function loginFeatures({ login }: KnownVm): readonly Feature[] {
  if (login === undefined) return [];
  return [
    textFeature('disk.0.os.credentials.username', login.user),
    textFeature('disk.0.os.credentials.private_key', login.privateKey),
  ];
}

/** `node-#N#` is `node-0` on the first VM of its system. */
function withNumber(each: Feature, number: number): Feature {
  if (each.kind !== 'comparison' || each.value.kind !== 'text' || !each.key.endsWith('.dns_name'))
    return each;
  return { ...each, value: { kind: 'text', text: each.value.text.replaceAll('#N#', String(number - 1)) } };
}

/** The value of a feature by its name, for `GET .../vms/{vm}/{property}`. */
export function propertyOf({ systems }: RadlDocument, name: string): string | number | undefined {
  for (const each of systems.flatMap(({ features }) => features)) {
    if (each.kind !== 'comparison' || each.key !== name) continue;
    if (each.value.kind === 'text') return each.value.text;
    return each.value.kind === 'number' ? each.value.value : each.value.texts.join(',');
  }
  return undefined;
}
