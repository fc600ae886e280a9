import type { HealthSpec } from '@trencadis/availability';
import { isPlatformError } from '@trencadis/errors';
import { type ProbeResult, probe, probeThrough } from '@trencadis/monitoring';
import { type VmPlace, connectToVm } from '../connect-to-vm.ts';
import { type StepWorld, getVm } from '../step-world.ts';
import { outsideAddress } from './open-balancer.ts';
import type { JoinServiceArgs } from './service-step-arguments.ts';

type World = Pick<StepWorld, 'vmms' | 'vault' | 'shells'> & {
  readonly store: Pick<StepWorld['store'], 'find'>;
};

/** What `probe` does not look at. */
const unasked = { graceMs: 0, combine: 'any' } as const;

/** One check of a replica from here, and where that does not get through from the VM itself. */
export async function probeReplica(
  world: World,
  { infrastructureId, vmm, name, health: asked }: JoinServiceArgs,
  signal: AbortSignal,
): Promise<ProbeResult> {
  const vm = await getVm(world, { vmm, name }, signal);
  const address = outsideAddress(vm);
  const { certificatePem: authorityPem } = await world.vault.authority(infrastructureId);
  const health: HealthSpec = { ...asked, ...unasked };
  const target = { vm: name, address: address ?? '127.0.0.1', authorityPem };
  const direct = address === undefined ? unreached : await probe(target, health, signal);
  if (direct.isPassed || !(await world.vmms.open(vmm)).capabilities.shell) return direct;
  const inside = { ...target, address: vm.addresses[0]?.address ?? '127.0.0.1' };
  try {
    return await probeInside(world, { infrastructureId, vmm, name }, { target: inside, health, signal });
  } catch (error) {
    if (isPlatformError(error, 'unavailable')) return direct;
    throw error;
  }
}

const unreached: ProbeResult = { isPassed: false, because: 'it has no address', tookMs: 0 };

async function probeInside(
  world: World,
  place: VmPlace,
  { signal, ...asked }: Parameters<typeof probeThrough>[1] & { readonly signal: AbortSignal },
): Promise<ProbeResult> {
  const shell = await connectToVm(world, place, signal);
  try {
    return await probeThrough(shell, asked, signal);
  } finally {
    await shell.close();
  }
}
