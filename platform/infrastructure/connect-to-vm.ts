import type { RemoteShell, ShellEndpoint } from '@trencadis/contextualization';
import { PlatformError } from '@trencadis/errors';
import type { InfrastructureId, VmName } from '@trencadis/ids';
import { type StepWorld, getVm } from './step-world.ts';

export interface VmPlace {
  readonly infrastructureId: InfrastructureId;
  readonly vmm: string;
  readonly name: VmName;
}

/** Where and with which key the administrator reaches a VM; only its pinned host keys are accepted. */
export async function shellEndpointOf(
  world: Pick<StepWorld, 'vmms' | 'vault'>,
  place: VmPlace,
  signal: AbortSignal,
): Promise<ShellEndpoint> {
  const vm = await getVm(world, place, signal);
  if (!vm.ssh) {
    throw new PlatformError(
      'unavailable',
      `VM ${place.name} has no address that SSH could reach (status ${vm.status}).`,
      {
        subject: place.name,
      },
    );
  }
  const { privateKey } = await world.vault.sshKeyPair(place.infrastructureId);
  return { ...vm.ssh, privateKey, hostKeys: vm.hostKeys };
}

export async function connectToVm(
  world: Pick<StepWorld, 'vmms' | 'vault' | 'shells'>,
  place: VmPlace,
  signal: AbortSignal,
): Promise<RemoteShell> {
  return world.shells.connect(await shellEndpointOf(world, place, signal), signal);
}
