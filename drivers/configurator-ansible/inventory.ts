import type { ConfigurationContext, ShellEndpoint } from '@trencadis/contextualization';
import { isPackage } from './applications.ts';
import { hostsLines, reachableAddress } from './hosts-lines.ts';
import {
  type Member,
  applicationVariables,
  infrastructureVariables,
  membersOf,
  nodeVariables,
} from './variables.ts';

export interface InventoryOptions {
  readonly endpoint: Pick<ShellEndpoint, 'host' | 'port' | 'user'>;
  readonly privateKeyFile: string;
  /** How to start Python on the machine. */
  readonly python: string;
}

/**
 * Ansible's inventory as JSON, which its YAML reader takes: every machine in the group of its system, so that recipes can
 * ask `groups` and `hostvars`. Only the one that is configured can be connected to.
 */
export function inventoryJson(context: ConfigurationContext, options: InventoryOptions): string {
  const members = membersOf(context);
  const [self] = members;
  const hosts = Object.fromEntries(
    members.map((member) => [
      member.vmName,
      member === self
        ? { ...textsOf(selfVariables(context, self)), ...connection(options) }
        : textsOf({ ...nodeVariables(member), ansible_host: reachableAddress(member, self) }),
    ]),
  );
  const namesOf = (some: readonly Member[]) => ({
    hosts: Object.fromEntries(some.map(({ vmName }) => [vmName, {}])),
  });
  const systems = Map.groupBy(members, ({ systemId }) => systemId);
  const groups = [...systems].map(([systemId, some]) => [systemId, namesOf(some)] as const);
  const children = { ...Object.fromEntries(groups), allnowindows: namesOf(members) };
  return JSON.stringify({ all: { hosts, children, vars: textsOf(infrastructureVariables(context)) } });
}

function connection({ endpoint, privateKeyFile, python }: InventoryOptions): object {
  return {
    ansible_host: endpoint.host,
    ansible_port: endpoint.port,
    ansible_user: endpoint.user,
    ansible_ssh_private_key_file: privateKeyFile,
    ansible_python_interpreter: python,
  };
}

function selfVariables(context: ConfigurationContext, self: Member): Readonly<Record<string, unknown>> {
  const { machine, ...facts } = context;
  const { disks = [], applications = [] } = machine ?? {};
  const packages = applications.filter((each) => each.isInImage !== true && isPackage(each));
  return {
    ...nodeVariables(self),
    ...applicationVariables(applications),
    // What Puppet's recipes read in /etc/trencadis/context.json, for recipes of ours.
    trencadis: facts,
    trencadis_machine: {
      hosts: hostsLines(context),
      disks: disks.map((disk) =>
        disk.device === undefined ? disk : { ...disk, device: disk.device.replace(/^(?!\/)/, '/dev/') },
      ),
      applications: packages,
    },
  };
}

function textsOf(variables: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(variables).map(([key, value]) => [key, asText(value)]));
}

/** Values are text and never templates, whatever stands in them. */
function asText(value: unknown): unknown {
  if (typeof value === 'string') return { __ansible_unsafe: value };
  if (Array.isArray(value)) return value.map(asText);
  if (typeof value !== 'object' || value === null) return value;
  return textsOf(value as Readonly<Record<string, unknown>>);
}
