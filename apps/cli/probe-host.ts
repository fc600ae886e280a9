import { join } from 'node:path';
import { stateDirectory } from '@trencadis/config';
import { PlatformError } from '@trencadis/errors';
import { probeLocalVmm } from '@trencadis/vmm-local';

/** Says what would keep machines from running here, all at once and before anything is made. */
export async function probeHost(): Promise<void> {
  const problems = await probeLocalVmm({ directory: join(stateDirectory(), 'local') });
  for (const { severity, what, remedy } of problems) {
    if (severity === 'warning') process.stderr.write(`warning: ${what} ${remedy}\n`);
  }
  const errors = problems.filter(({ severity }) => severity === 'error');
  if (errors.length === 0) return;
  const list = errors.map(({ what, remedy }) => `\n  - ${what} ${remedy}`).join('');
  throw new PlatformError('unsupported', `Machines cannot run on this host:${list}`);
}
