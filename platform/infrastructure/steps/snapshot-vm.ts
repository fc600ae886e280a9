import type { StepKind } from '@trencadis/saga';
import { type SnapshotVmArgs, snapshotVmArgs } from '../step-arguments.ts';
import { type StepWorld, getVm, vmmOf } from '../step-world.ts';
import { snapshotTag } from '../resource-names.ts';

/** Makes an image of a VM's root disk and takes it up in the catalog, where it outlives the infrastructure. */
export const snapshotVm: StepKind<StepWorld, SnapshotVmArgs> = {
  kind: 'snapshot-vm@1',
  args: snapshotVmArgs,
  run: async (world, { infrastructureId, vmm, name, imageName }) => {
    const driver = await vmmOf(world, vmm);
    const { image: madeFrom } = await getVm(world, { vmm, name }, world.signal);
    const { location, digest } = await driver.images.snapshotVm(
      { vm: name, name: imageName, tag: snapshotTag },
      world.signal,
    );
    const owner = (await world.store.find(infrastructureId))?.owner;
    if (owner !== undefined) {
      const { product } = driver.capabilities;
      const image = { location, digest };
      const snapshot = { owner, name: imageName, vmm, product, image, madeFrom: madeFrom.digest };
      await world.snapshots?.register(snapshot);
    }
    world.progress(`image ${imageName} is ${location}`);
  },
  undo: {
    because: 'An image that was made is kept; remove it from the image catalog when it is not wanted.',
  },
};
