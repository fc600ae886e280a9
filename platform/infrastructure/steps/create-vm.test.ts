import { systemClock } from '@trencadis/clock';
import { sha256OfJson } from '@trencadis/ids';
import { parseSealingKey } from '@trencadis/sealing';
import { type MemoryVmm, createMemoryVmm } from '@trencadis/vmm-memory';
import { describe, expect, it } from 'vitest';
import { planDeploy } from '../plan.ts';
import { createVmArgs } from '../step-arguments.ts';
import { nothingObserved } from '../testing/arbitrary-infrastructure.ts';
import { desiredFront, exampleInfrastructure } from '../testing/examples.ts';
import { fixedVmms } from '../testing/fixed-vmms.ts';
import { createMemoryInfrastructureStore } from '../testing/memory-store.ts';
import { createVault } from '../vault.ts';
import { createVm } from './create-vm.ts';

const infrastructure = exampleInfrastructure('front');
const desired = desiredFront(infrastructure);
const args = createVmArgs.parse(
  planDeploy(desired, nothingObserved, { hash: sha256OfJson }).find(({ kind }) => kind === 'create-vm@1')
    ?.args,
);
const sealingKey = parseSealingKey(Buffer.alloc(32, 1).toString('base64url'));

async function makeWorld(vmm: MemoryVmm) {
  const { signal } = new AbortController();
  await Promise.all(desired.networks.map((network) => vmm.networks.createNetwork(network, signal)));
  await Promise.all(desired.disks.map((disk) => vmm.disks.createDisk(disk, signal)));
  const store = createMemoryInfrastructureStore();
  await store.insert(infrastructure);
  const vault = createVault({ store, sealingKey, clock: systemClock });
  const world = {
    vmms: fixedVmms(new Map([['memory', vmm]])),
    store,
    vault,
    signal,
    progress: () => undefined,
  };
  return world as unknown as Parameters<typeof createVm.run>[0];
}

describe('create-vm', () => {
  it('removes a VM that failed to boot, so that trying again makes a new one', async () => {
    const vmm = createMemoryVmm({ clock: systemClock });
    const world = await makeWorld(vmm);
    await createVm.run(world, args);
    vmm.world.failVm(args.spec.name, 'its host broke');
    await expect(createVm.run(world, args)).rejects.toMatchObject({
      code: 'unavailable',
      message: `VM ${args.spec.name} failed to start: its host broke.`,
    });
    expect(vmm.world.vms.size).toBe(0);
    await createVm.run(world, args);
    const vm = await vmm.describeVm(args.spec.name, world.signal);
    expect(vm?.status).toBe('running');
  });
});
