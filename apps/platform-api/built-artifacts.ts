import type { VmiId } from '@trencadis/ids';
import type { VmiArtifact } from '@trencadis/image-catalog';
import {
  type BuiltDiskImage,
  type BuiltImage,
  findBuiltDiskImage,
  findBuiltImage,
  listRecipes,
  loadRecipe,
} from '@trencadis/images';

/** What is built of that image's recipe in the directory: the tree of local machines, the disk of libvirt's. */
export async function findBuiltArtifacts(id: VmiId, directory: string): Promise<readonly VmiArtifact[]> {
  if (!(await listRecipes()).includes(id)) return [];
  const recipe = await loadRecipe(id);
  const [tree, disk] = await Promise.all([
    findBuiltImage(recipe, directory),
    findBuiltDiskImage(recipe, directory),
  ]);
  return [...(tree === undefined ? [] : [asLocal(tree)]), ...(disk === undefined ? [] : [asLibvirt(disk)])];
}

function asLocal({ rootfs, digest }: BuiltImage): VmiArtifact {
  return { vmm: 'local', format: 'rootfs', location: rootfs, digest };
}

function asLibvirt({ disk, digest, format, virtualSizeBytes }: BuiltDiskImage): VmiArtifact {
  return { vmm: 'libvirt', format, location: disk, digest, virtualSizeBytes };
}
