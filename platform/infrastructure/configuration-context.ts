import { issueServerCertificate } from '@trencadis/certificates';
import type { ConfigurationContext, DatabaseLogin } from '@trencadis/contextualization';
import { PlatformError } from '@trencadis/errors';
import type { Vm } from '@trencadis/vmm';
import type { ConfigureVmArgs, Peer } from './step-arguments.ts';
import { type StepWorld, getVm } from './step-world.ts';

const certificateDays = 397;
const postgresPort = 5432;
const databasePasswordBytes = 24;

type Addresses = Readonly<Record<string, string>>;

interface Member {
  readonly peer: Peer;
  readonly addresses: Addresses;
}

/** The facts that one VM is configured with: its addresses and peers as observed now, its certificate, its secrets. */
export async function configurationContextOf(
  world: StepWorld & { readonly signal: AbortSignal },
  args: ConfigureVmArgs,
): Promise<ConfigurationContext> {
  const { infrastructureId, self, configuration } = args;
  const me = await memberOf(world, self);
  const peers = await Promise.all(args.peers.map((peer) => memberOf(world, peer)));
  const infrastructure = await world.store.find(infrastructureId);
  const secrets = configuration.secrets.map(
    async ({ name, byteCount }) =>
      [name, await world.vault.secret(infrastructureId, name, byteCount)] as const,
  );
  return {
    infrastructureId,
    vmName: self.name,
    systemId: self.systemId,
    addresses: me.addresses,
    peers: peers.map(({ peer, addresses }) => ({ vmName: peer.name, systemId: peer.systemId, addresses })),
    certificate: await certificateFor(world, args, me.addresses),
    databases: await databasesOf(world, args, [me, ...peers]),
    secrets: Object.fromEntries(await Promise.all(secrets)),
    parameters: infrastructure?.parameters ?? {},
  };
}

async function memberOf(world: StepWorld & { readonly signal: AbortSignal }, peer: Peer): Promise<Member> {
  return { peer, addresses: addressesOf(await getVm(world, peer, world.signal), peer) };
}

/** Addresses by the document's network ids. */
function addressesOf(vm: Vm, peer: Peer): Addresses {
  return Object.fromEntries(
    vm.addresses.map(({ network, address }) => [peer.networkIds[network] ?? network, address]),
  );
}

async function certificateFor(
  { vault, clock }: Pick<StepWorld, 'vault' | 'clock'>,
  { infrastructureId, self }: ConfigureVmArgs,
  addresses: Addresses,
): Promise<ConfigurationContext['certificate']> {
  const authority = await vault.authority(infrastructureId);
  const issued = await issueServerCertificate({
    authority,
    dnsNames: [self.name, 'localhost'],
    ipAddresses: [...Object.values(addresses), '127.0.0.1'],
    days: certificateDays,
    clock,
  });
  return { ...issued, authorityPem: authority.certificatePem };
}

/** The login of every database that this VM holds or uses. Its password is the infrastructure's, one a database. */
async function databasesOf(
  { vault }: Pick<StepWorld, 'vault'>,
  { infrastructureId, self, databases }: ConfigureVmArgs,
  members: readonly Member[],
): Promise<Record<string, DatabaseLogin>> {
  const mine = databases.filter((each) => each.heldBy === self.name || each.usedBy.includes(self.name));
  const logins = mine.map(async (database) => {
    const holder = memberNamed(members, database.heldBy);
    const users = database.usedBy.map((name) => memberNamed(members, name));
    const host =
      self.name === database.heldBy
        ? '127.0.0.1'
        : sharedNetwork(holder, memberNamed(members, self.name)).holder;
    const password = await vault.secret(infrastructureId, `database/${database.name}`, databasePasswordBytes);
    const allowedFrom = users
      .filter((user) => user !== holder)
      .map((user) => `${sharedNetwork(holder, user).user}/32`);
    return [database.name, { host, port: postgresPort, user: database.user, password, allowedFrom }] as const;
  });
  return Object.fromEntries(await Promise.all(logins));
}

function memberNamed(members: readonly Member[], name: string): Member {
  const member = members.find(({ peer }) => peer.name === name);
  if (!member)
    throw new PlatformError('internal', `The plan names VM ${name}, which is not one of its VMs.`, {
      subject: name,
    });
  return member;
}

/** Both ends' addresses on the first network that they share. */
function sharedNetwork(holder: Member, user: Member): { readonly holder: string; readonly user: string } {
  for (const [network, address] of Object.entries(holder.addresses)) {
    const other = user.addresses[network];
    if (other !== undefined) return { holder: address, user: other };
  }
  throw new PlatformError(
    'invalid-argument',
    `VMs ${holder.peer.name} and ${user.peer.name} share no network: give both systems an interface on one.`,
  );
}
