import type { RemoteShell, ShellEndpoint } from '@trencadis/contextualization';
import { PlatformError } from '@trencadis/errors';
import { type InfrastructureId, type VmName, brandId } from '@trencadis/ids';
import type { Vm } from '@trencadis/vmm';
import { bastionOf } from './bastion.ts';
import { decideJump } from './decide-jump.ts';
import { listVmsAt } from './residents.ts';
import { networkName } from './resource-names.ts';
import { type StepWorld, getVm } from './step-world.ts';
import { loginUser } from './steps/with-login.ts';

export interface VmPlace {
  readonly infrastructureId: InfrastructureId;
  readonly vmm: string;
  readonly name: VmName;
  /** The document's id of the network whose `proxy_host` is on the way. */
  readonly bastion?: string;
}

type World = Pick<StepWorld, 'vmms' | 'vault'> & { readonly store: Pick<StepWorld['store'], 'find'> };

const sshPort = 22;

/**
 * Where and with which key the administrator reaches a VM: through the `proxy_host` of its network, or directly, or
 * through another VM of its infrastructure where it is on private networks only. Only the host keys pinned at their
 * creation, or given for that host, are accepted.
 */
export async function shellEndpointOf(
  world: World,
  place: VmPlace,
  signal: AbortSignal,
): Promise<ShellEndpoint> {
  const vm = await getVm(world, place, signal);
  await refuseWithoutShells(world, place);
  const { privateKey } = await world.vault.sshKeyPair(place.infrastructureId);
  const { ssh, hostKeys } = vm;
  if (place.bastion !== undefined) {
    const { host, via } = await throughBastion(world, { ...place, bastion: place.bastion }, vm);
    return { host, port: sshPort, user: loginUser, privateKey, hostKeys, via };
  }
  if (ssh) return { ...ssh, privateKey, hostKeys };
  const { through, address } = await jumpTo(world, { vm, place }, signal);
  const via = { ...through.ssh, privateKey, hostKeys: through.hostKeys };
  return { host: address, port: sshPort, user: loginUser, privateKey, hostKeys, via };
}

async function refuseWithoutShells({ vmms }: World, { vmm, name }: VmPlace): Promise<void> {
  if ((await vmms.open(vmm)).capabilities.shell) return;
  const message = `VM ${name} cannot be reached over SSH: the VMs of '${vmm}' have no shell. What has recipes needs another VM manager.`;
  throw new PlatformError('unsupported', message, { subject: name });
}

async function throughBastion(
  { store }: World,
  { infrastructureId, name, bastion }: VmPlace & { readonly bastion: string },
  { addresses }: Vm,
) {
  const infrastructure = await store.find(infrastructureId);
  const network = networkName(infrastructureId, bastion);
  const there = addresses.find((each) => each.network === network);
  if (!infrastructure || !there) {
    const message = `VM ${name} has no address on network ${bastion}, through whose proxy_host it is reached.`;
    throw new PlatformError('unavailable', message, { subject: name });
  }
  return { host: there.address, via: bastionOf(infrastructure, bastion) };
}

async function jumpTo(
  world: World,
  { vm, place: { infrastructureId, vmm, name } }: { readonly vm: Vm; readonly place: VmPlace },
  signal: AbortSignal,
) {
  const tag = brandId('Tag', infrastructureId);
  const jump = decideJump(vm, await listVmsAt(world, { vmm, tag }, signal));
  if (jump) return jump;
  const message =
    vm.status === 'running'
      ? `VM ${name} is on private networks only, and no running VM of its infrastructure leads there: give one of its networks outbound = 'yes', or put a VM on a public network and on one of them.`
      : `VM ${name} has no address that SSH could reach (status ${vm.status}).`;
  throw new PlatformError('unavailable', message, { subject: name });
}

export async function connectToVm(
  world: World & Pick<StepWorld, 'shells'>,
  place: VmPlace,
  signal: AbortSignal,
): Promise<RemoteShell> {
  return world.shells.connect(await shellEndpointOf(world, place, signal), signal);
}
