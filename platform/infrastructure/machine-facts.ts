import type { ConfiguredMachine, MachineFacts } from '@trencadis/contextualization';
import {
  type RadlDocument,
  type RadlSystem,
  interfacesOf,
  isPublicNetwork,
  printRadlJson,
  textOf,
} from '@trencadis/radl';
import type { DesiredConfiguration } from './model.ts';
import { readTarget } from './read-target.ts';
import type { Resident } from './residents.ts';

/** The document behind the VMs of an infrastructure, read once for all of them. */
export interface MachineDocument {
  readonly document: RadlDocument;
  /** Product of each VM manager, by its key. */
  readonly products: ReadonlyMap<string, string>;
}

export function readMachineDocument(
  target: Parameters<typeof readTarget>[0],
  products: MachineDocument['products'],
): MachineDocument {
  return { document: readTarget(target).document, products };
}

/** What documents of the Infrastructure Manager can say and ask of a machine (spec: `IM_NODE_*`). */
export function machineFacts(
  { member, vm }: Resident,
  { document, products }: MachineDocument,
): MachineFacts {
  const system = systemOf(document, member.systemId);
  const publicIds = new Set(document.networks.filter(isPublicNetwork).map(({ id }) => id));
  const number = member.number - 1;
  const interfaces = system ? interfacesOf(system) : [];
  const named = interfaces.find(({ dnsName }) => dnsName !== undefined)?.dnsName;
  return {
    number,
    hostName: named === undefined ? vm.name : withNumber(named, number),
    vmId: vm.name,
    vmm: { type: products.get(member.vmm) ?? '', server: '' },
    interfaces: interfaces.flatMap(({ networkId, dnsName }, index) => {
      const { address: own, publicAddress } = vm.addresses[index] ?? {};
      if (own === undefined) return [];
      const kind = publicIds.has(networkId) ? 'public' : 'private';
      const address = kind === 'public' ? (publicAddress ?? own) : own;
      return { kind, address, ...(dnsName === undefined ? {} : { hostName: withNumber(dnsName, number) }) };
    }),
  };
}

/** Beside its facts, what the document asks for on it. Data disks are mounted by the VM managers that there are. */
export function configuredMachine(
  resident: Resident,
  machines: MachineDocument,
  { applications }: Pick<DesiredConfiguration, 'applications'>,
): ConfiguredMachine {
  const { document } = machines;
  const system = systemOf(document, resident.member.systemId);
  const vaultPassword = system && textOf(system, 'vault.password');
  return {
    ...machineFacts(resident, machines),
    disks: [],
    applications,
    ...(vaultPassword === undefined ? {} : { vaultPassword }),
    radl: withoutSecrets(document),
    recipes: Object.fromEntries(
      document.configures.flatMap(({ id, body }) => (body.kind === 'recipe' ? [[id, body.text]] : [])),
    ),
  };
}

function systemOf(document: RadlDocument, systemId: string): RadlSystem | undefined {
  return document.systems.find(({ id }) => id === systemId);
}

/** RADL: `#N#` in a DNS name is the number of the machine. */
function withNumber(dnsName: string, number: number): string {
  return dnsName.replaceAll('#N#', String(number));
}

function withoutSecrets(document: RadlDocument): ConfiguredMachine['radl'] {
  const shown = new Set(['network', 'system', 'deploy']);
  return printRadlJson(document, { dialect: 'im' })
    .filter(({ class: kind }) => typeof kind === 'string' && shown.has(kind))
    .map((section) =>
      Object.fromEntries(
        Object.entries(section).filter(([key]) => !/password|private_key|proxy_key|secret|token/.test(key)),
      ),
    );
}
