import type { ConfigurationContext, MachineFacts, WantedApplication } from '@trencadis/contextualization';

/** One machine of the infrastructure, as an inventory needs it. */
export interface Member {
  readonly vmName: string;
  readonly systemId: string;
  readonly addresses: Readonly<Record<string, string>>;
  readonly facts: MachineFacts;
}

export type Variables = Readonly<Record<string, unknown>>;

/** Itself first, then its peers. */
export function membersOf(context: ConfigurationContext): readonly [Member, ...Member[]] {
  const peers = context.peers.filter(({ vmName }) => vmName !== context.vmName);
  return [memberOf(context), ...peers.map(memberOf)];
}

function memberOf(machine: Omit<Member, 'facts'> & { readonly machine?: MachineFacts }): Member {
  const { vmName, systemId, addresses } = machine;
  return { vmName, systemId, addresses, facts: machine.machine ?? factsFrom(vmName, addresses) };
}

/** Where nothing more than addresses is known. */
function factsFrom(vmName: string, addresses: Member['addresses']): MachineFacts {
  const interfaces = Object.values(addresses).map((address) => ({ kind: kindOf(address), address }));
  return { number: 0, hostName: vmName, vmId: vmName, vmm: { type: '', server: '' }, interfaces };
}

/** RFC 1918 and RFC 4193. */
const kindOf = (address: string): 'public' | 'private' =>
  /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|f[cd])/i.test(address) ? 'private' : 'public';

/** `IM_NODE_*` of one machine: the variables of the Infrastructure Manager that recipes use. */
export function nodeVariables({ facts }: Member): Variables {
  const first = (kind: 'public' | 'private'): string | undefined =>
    facts.interfaces.find((each) => each.kind === kind)?.address;
  return known({
    ...hostVariables('IM_NODE', facts.hostName),
    IM_NODE_PRIVATE_IP: first('private'),
    IM_NODE_PUBLIC_IP: first('public'),
    IM_NODE_NUM: facts.number,
    IM_NODE_VMID: facts.vmId,
    IM_NODE_CLOUD_TYPE: facts.vmm.type,
    IM_NODE_CLOUD_SERVER: facts.vmm.server,
    ...Object.assign(
      {},
      ...facts.interfaces.map(({ address, hostName }, index) => ({
        [`IM_NODE_NET_${index}_IP`]: address,
        ...(hostName === undefined ? {} : hostVariables(`IM_NODE_NET_${index}`, hostName)),
      })),
    ),
  });
}

/** `IM_APP_NAME_VERSION` and `_PATH` of each application that the system asks for, and as older documents have them. */
export function applicationVariables(applications: readonly WantedApplication[]): Variables {
  const each = applications.flatMap(({ name, version, path }) =>
    [`IM_APP_${identifier(name)}`, `IM_${identifier(name)}`].map((prefix) => ({
      [`${prefix}_VERSION`]: version,
      [`${prefix}_PATH`]: path,
    })),
  );
  return known(Object.assign({}, ...each) as Variables);
}

/**
 * What is the same on every machine. `IM_INFRASTRUCTURE_AUTH`, the user's credentials for the clouds, is left out: no
 * recipe gets them. There is no master either: its name goes to the first machine that the outside reaches.
 */
export function infrastructureVariables(context: ConfigurationContext): Variables {
  const members = membersOf(context).toSorted(byNumber);
  const isPublic = ({ facts }: Member): boolean => facts.interfaces.some(({ kind }) => kind === 'public');
  const master = members.find(isPublic) ?? members[0];
  const counts = Map.groupBy(members, ({ systemId }) => `IM_${identifier(systemId).toUpperCase()}_NUM_VMS`);
  return known({
    ...(master ? hostVariables('IM_MASTER', master.facts.hostName) : {}),
    ...Object.fromEntries([...counts].map(([name, { length }]) => [name, length])),
    IM_INFRASTRUCTURE_ID: context.infrastructureId,
    IM_INFRASTRUCTURE_RADL: context.machine?.radl.map(withoutDots),
  });
}

/** `net_interface.0.dns_name` is `net_interface_0_dns_name` there, so that filters can ask for it. */
function withoutDots(item: Readonly<Record<string, unknown>>): Variables {
  return Object.fromEntries(Object.entries(item).map(([key, value]) => [key.replaceAll('.', '_'), value]));
}

export function byNumber(a: Member, b: Member): number {
  return a.facts.number - b.facts.number || a.vmName.localeCompare(b.vmName, 'en', { numeric: true });
}

function hostVariables(prefix: string, hostName: string): Variables {
  const [name, ...domain] = hostName.split('.');
  return {
    [`${prefix}_HOSTNAME`]: name,
    [`${prefix}_DOMAIN`]: domain.join('.'),
    [`${prefix}_FQDN`]: hostName,
  };
}

const identifier = (name: string): string => name.replaceAll(/\W/g, '_');

function known(variables: Variables): Variables {
  return Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== undefined));
}
