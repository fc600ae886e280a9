import { PlatformError } from '@trencadis/errors';
import { parseId, sha256OfText } from '@trencadis/ids';
import type { ImageOperations, SnapshotSpec, VmImage } from '@trencadis/vmm';
import { type Call, type Site, sameOwner } from './site.ts';

/** A simulated image has no bytes: its digest is of its name and of what it was made from. */
export function memoryImages({ world }: Site, call: Call): ImageOperations {
  return {
    snapshotVm: (spec, signal) =>
      call('snapshotVm', signal, () => {
        checkName(spec);
        const existing = world.images.get(spec.name);
        if (existing !== undefined) return sameOwner(existing, spec.tag);
        const { image } = world.requireVm(spec.vm).spec;
        const made = newImage(spec, image.digest);
        world.images.set(spec.name, made);
        return made;
      }),
    deleteImage: (name, signal) => call('deleteImage', signal, () => void world.images.delete(name)),
    listImages: (tag, signal) => call('listImages', signal, () => world.images.ofTag(tag)),
    listBootable: ({ pattern }, signal) =>
      call('listBootable', signal, () => world.bootableImages().filter(({ name }) => fits(name, pattern))),
  };
}

/** `*` stands for any text. */
function fits(name: string, pattern = '*'): boolean {
  const parts = pattern.split('*').map((part) => part.replaceAll(/[^a-z0-9]/gi, String.raw`\$&`));
  return new RegExp(`^${parts.join('.*')}$`, 'i').test(name);
}

function checkName({ name }: SnapshotSpec): void {
  if (parseId('VmiId', name) !== undefined) return;
  throw new PlatformError('invalid-argument', `'${name}' cannot name an image: it must be a DNS label.`, {
    subject: name,
  });
}

function newImage({ vm, name, tag }: SnapshotSpec, parent: string): VmImage {
  return { name, tag, location: `snapshot:${name}`, digest: sha256OfText(`${tag} ${name} ${vm} ${parent}`) };
}
