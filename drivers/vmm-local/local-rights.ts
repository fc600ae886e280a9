import type { RightCheck } from '@trencadis/vmm';
import { probeLocalVmm } from './probe.ts';
import type { LocalVmmOptions } from './site.ts';

/** A host has no credentials: what stands in the way of its machines is told instead. */
export async function localRights(options: LocalVmmOptions): Promise<readonly RightCheck[]> {
  const right = 'run machines on this host';
  const problems = await probeLocalVmm(options);
  if (problems.length === 0) return [{ right, holds: true, because: 'the host has all that they need' }];
  return problems.map(({ severity, what, remedy }) => ({
    right,
    holds: severity === 'warning',
    because: `${what} ${remedy}`,
  }));
}
