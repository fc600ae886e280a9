import { issueServerCertificate } from '@trencadis/certificates';
import type { ConfigurationContext, DatabaseLogin } from '@trencadis/contextualization';
import { PlatformError } from '@trencadis/errors';
import { type VmName, brandId } from '@trencadis/ids';
import type { Vm } from '@trencadis/vmm';
import { certificateDays } from './certificate-life.ts';
import {
  type MachineDocument,
  configuredMachine,
  machineFacts,
  readMachineDocument,
} from './machine-facts.ts';
import type { Infrastructure } from './model.ts';
import { type Resident, listVmsAt } from './residents.ts';
import type { ConfigureVmArgs } from './step-arguments.ts';
import type { StepWorld } from './step-world.ts';

const postgresPort = 5432;
const databasePasswordBytes = 24;

type Addresses = Readonly<Record<string, string>>;

interface NamedAddresses {
  readonly name: VmName;
  readonly systemId: string;
  readonly addresses: Addresses;
  readonly resident: Resident;
}

interface Around {
  readonly infrastructure: Infrastructure;
  readonly residents: readonly Resident[];
  readonly signal: AbortSignal;
}

/** The facts that one VM is configured with: its addresses and peers as observed now, its certificate, its secrets. */
export async function configurationContextOf(
  world: Pick<StepWorld, 'vault' | 'clock' | 'vmms'>,
  args: ConfigureVmArgs,
  around: Around,
): Promise<ConfigurationContext> {
  const { infrastructureId, configuration, networkIds } = args;
  const machines = await machineDocumentOf(world, around);
  const all = around.residents.map((resident) => ({
    name: resident.vm.name,
    systemId: resident.member.systemId,
    addresses: addressesOf(resident.vm, networkIds),
    resident,
  }));
  const me = memberNamed(all, args.name);
  const secrets = configuration.secrets.map(
    async ({ name, byteCount }) =>
      [name, await world.vault.secret(infrastructureId, name, byteCount)] as const,
  );
  return {
    infrastructureId,
    vmName: me.name,
    systemId: me.systemId,
    addresses: me.addresses,
    peers: all
      .filter((each) => each !== me)
      .map(({ name, systemId, addresses, resident }) => ({
        vmName: name,
        systemId,
        addresses,
        machine: machineFacts(resident, machines),
      })),
    // Puppet is handed its whole context on the VM, where the vault's password has no business.
    ...(configuration.configurator === 'ansible'
      ? { machine: configuredMachine(me.resident, machines, configuration) }
      : {}),
    certificate: await certificateFor(world, args, me),
    databases: await databasesOf(world, args, { ...around, members: all }),
    secrets: Object.fromEntries(await Promise.all(secrets)),
    parameters: around.infrastructure.parameters,
  };
}

async function machineDocumentOf(
  { vmms }: Pick<StepWorld, 'vmms'>,
  { infrastructure, residents }: Around,
): Promise<MachineDocument> {
  const keys = [...new Set(residents.map(({ member }) => member.vmm))];
  const products = keys.map(async (key) => [key, (await vmms.open(key)).capabilities.product] as const);
  return readMachineDocument(infrastructure, new Map(await Promise.all(products)));
}

/** By the document's network ids. */
function addressesOf(vm: Vm, networkIds: ConfigureVmArgs['networkIds']): Addresses {
  return Object.fromEntries(
    vm.addresses.map(({ network, address }) => [networkIds[network] ?? network, address]),
  );
}

/** Where outsiders reach it, if elsewhere. */
function publicAddressesOf({ addresses }: Vm): readonly string[] {
  return addresses.flatMap(({ publicAddress }) => publicAddress ?? []);
}

async function certificateFor(
  { vault, clock }: Pick<StepWorld, 'vault' | 'clock'>,
  { infrastructureId }: ConfigureVmArgs,
  { name, addresses, resident: { vm } }: NamedAddresses,
): Promise<ConfigurationContext['certificate']> {
  const authority = await vault.authority(infrastructureId);
  const issued = await issueServerCertificate({
    authority,
    dnsNames: [name, 'localhost'],
    ipAddresses: [...Object.values(addresses), ...publicAddressesOf(vm), '127.0.0.1'],
    days: certificateDays,
    clock,
  });
  return { ...issued, authorityPem: authority.certificatePem };
}

/** The login of every database that this VM holds or uses. Its password is the infrastructure's, one a database. */
async function databasesOf(
  world: Pick<StepWorld, 'vault' | 'vmms'>,
  { infrastructureId, name: self, databases, networkIds }: ConfigureVmArgs,
  {
    members,
    infrastructure,
    signal,
  }: {
    readonly members: readonly NamedAddresses[];
    readonly infrastructure: Infrastructure;
    readonly signal: AbortSignal;
  },
): Promise<Record<string, DatabaseLogin>> {
  const names = databases.filter(({ heldBy }) => heldBy === self).flatMap(({ usedBy }) => usedBy);
  const leavers = await findLeavers(world, infrastructure, {
    names: names.filter((name) => !members.some((each) => each.name === name)),
    signal,
  });
  const known = [
    ...members,
    ...leavers.map((vm) => ({ name: vm.name, addresses: addressesOf(vm, networkIds) })),
  ];
  const logins = databases.map(async (database) => {
    const holder = memberNamed(members, database.heldBy);
    // Of one that is not there, nothing is known; the holder is configured again when it comes.
    const users = known.filter(({ name }) => database.usedBy.includes(name));
    const host =
      self === database.heldBy ? '127.0.0.1' : sharedNetwork(holder, memberNamed(members, self)).holder;
    const password = await world.vault.secret(
      infrastructureId,
      `database/${database.name}`,
      databasePasswordBytes,
    );
    const allowedFrom = users
      .filter(({ name }) => name !== holder.name)
      .map((user) => `${sharedNetwork(holder, user).user}/32`);
    return [database.name, { host, port: postgresPort, user: database.user, password, allowedFrom }] as const;
  });
  return Object.fromEntries(await Promise.all(logins));
}

/** VMs that are no members any more, and still there: they leave. */
async function findLeavers(
  world: Pick<StepWorld, 'vmms'>,
  { id, vmms }: Infrastructure,
  { names, signal }: { readonly names: readonly VmName[]; readonly signal: AbortSignal },
): Promise<readonly Vm[]> {
  if (names.length === 0) return [];
  const tag = brandId('Tag', id);
  const lists = await Promise.all(vmms.map((vmm) => listVmsAt(world, { vmm, tag }, signal)));
  return lists.flat().filter(({ name }) => names.includes(name));
}

function memberNamed(members: readonly NamedAddresses[], name: string): NamedAddresses {
  const member = members.find((each) => each.name === name);
  if (!member)
    throw new PlatformError('not-found', `VM ${name} is not at its VM manager any more.`, { subject: name });
  return member;
}

/** Both ends' addresses on the first network that they share. */
function sharedNetwork(
  holder: Pick<NamedAddresses, 'name' | 'addresses'>,
  user: Pick<NamedAddresses, 'name' | 'addresses'>,
): { readonly holder: string; readonly user: string } {
  for (const [network, address] of Object.entries(holder.addresses)) {
    const other = user.addresses[network];
    if (other !== undefined) return { holder: address, user: other };
  }
  throw new PlatformError(
    'invalid-argument',
    `VMs ${holder.name} and ${user.name} share no network: give both systems an interface on one.`,
  );
}
