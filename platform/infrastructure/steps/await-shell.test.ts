import { systemClock } from '@trencadis/clock';
import { brandId, sha256OfText } from '@trencadis/ids';
import { createMemoryVmm } from '@trencadis/vmm-memory';
import { expect, test } from 'vitest';
import type { StepWorld } from '../step-world.ts';
import { fixedVmms } from '../testing/fixed-vmms.ts';
import { awaitShell } from './await-shell.ts';

const signal = AbortSignal.timeout(10_000);
const name = brandId('VmName', 'front');
const args = {
  infrastructureId: brandId('InfrastructureId', 'inf-aaaaaaaa'),
  vmm: 'memory',
  name,
};

test('where VMs have no shell, one that runs is ready; not before', async () => {
  const vmm = createMemoryVmm({ clock: systemClock, hasShells: false, bootMs: 300 });
  await vmm.createVm(
    {
      name,
      tag: brandId('Tag', 'inf-aaaaaaaa'),
      hostName: name,
      image: { location: 'debian', digest: sha256OfText('debian') },
      cpuCount: 1,
      memoryMiB: 512,
      interfaces: [],
      disks: [],
      login: { user: 'root', authorizedKey: 'ssh-ed25519 AAAA' },
    },
    signal,
  );
  const world = { vmms: fixedVmms(new Map([['memory', vmm]])), clock: systemClock } as Pick<
    StepWorld,
    'vmms' | 'clock'
  > as StepWorld;
  await awaitShell.run({ ...world, signal, progress: () => undefined }, args);
  expect((await vmm.describeVm(name, signal))?.status).toBe('running');
});
