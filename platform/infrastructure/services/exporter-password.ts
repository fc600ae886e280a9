import type { InfrastructureId } from '@trencadis/ids';
import type { Vault } from '../vault.ts';

const byteCount = 24;

/** With which the exporters of an infrastructure's VMs are asked. */
export function exporterPassword(vault: Pick<Vault, 'secret'>, id: InfrastructureId): Promise<string> {
  return vault.secret(id, 'exporter', byteCount);
}
