import type { Audience, Image, ImageAcl, ImageCaller } from './model.ts';

/** Everything is its owner's and nobody else's unless the image says otherwise (CAT-09). */
export const privateAcl: ImageAcl = {
  list: 'owner',
  search: 'owner',
  download: 'owner',
  upload: 'owner',
  update: 'owner',
  delete: 'owner',
};

/** Everybody may find and take it, only its owner may change it. */
export const publicAcl: ImageAcl = { ...privateAcl, list: 'all', search: 'all', download: 'all' };

/** `none` shuts out the owner too; only an admin passes it. */
export function isAllowed(
  caller: ImageCaller,
  { owner, group }: { readonly owner?: string | undefined; readonly group?: string | undefined },
  audience: Audience,
): boolean {
  if (caller.isAdmin || audience === 'all') return true;
  if (audience === 'none') return false;
  if (owner !== undefined && owner === caller.user) return true;
  return audience === 'group' && group !== undefined && caller.groups.includes(group);
}

/** Whether that image exists as far as the caller can tell. */
export function isVisible(caller: ImageCaller, image: Image): boolean {
  return Object.values(image.acl).some((audience) => isAllowed(caller, image, audience));
}
