import type { InfrastructureId } from '@trencadis/ids';
import type { VmSpec } from '@trencadis/vmm';
import type { DesiredVmSpec } from '../model.ts';
import type { StepWorld } from '../step-world.ts';

/** Whom the administrator's key lets in. */
export const loginUser = 'root';

/** The whole spec, with the administrator's key of the infrastructure. */
export async function withLogin(
  { vault }: Pick<StepWorld, 'vault'>,
  id: InfrastructureId,
  spec: DesiredVmSpec,
): Promise<VmSpec> {
  const { publicKey } = await vault.sshKeyPair(id);
  return { ...spec, login: { user: loginUser, authorizedKey: publicKey } };
}
