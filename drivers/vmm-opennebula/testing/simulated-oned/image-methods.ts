import { imageState } from '../../one-image.ts';
import {
  type Call,
  type Methods,
  checkName,
  inFilter,
  isAdmin,
  managed,
  mayCreate,
  templateOf,
  usable,
} from './call.ts';
import {
  datastorePool,
  diskMbOf,
  groupAccount,
  imageDocument,
  templateDocument,
  typeNames,
  userDocument,
} from './documents.ts';
import { Refusal, noSuch } from './refusal.ts';
import { type Template, merged, textIn, without } from './template.ts';
import { type SimUser, type SimWorld, later, takeId } from './world.ts';
import { element } from './write-xml.ts';

const imageDatastore = 1;

/** Images and datastores; and what an account is told of itself and of the site's templates. */
export const imageMethods = {
  'one.image.allocate': (call) => allocate(call),
  'one.image.info': ({ args: [id], world, user }) =>
    imageDocument(usable(user, 'image', world.images.get(id), id)),
  'one.image.update': ({ args: [id, text, manner], world, user }) => {
    const image = managed(user, 'image', world.images.get(id), id);
    const template = templateOf(text);
    image.attributes = manner === 1 ? merged(image.attributes, template) : template;
    return id;
  },
  'one.image.delete': ({ args: [id], world, user }) => {
    const image = managed(user, 'image', world.images.get(id), id);
    if (image.vmIds.size > 0) {
      throw new Refusal('ACTION', `Cannot delete image. There are ${image.vmIds.size} VMs using it.`);
    }
    image.state = imageState.DELETE;
    later(world, 1, () => world.images.delete(id));
    return id;
  },
  'one.imagepool.info': ({ args: [filter], world, user }) => {
    const images = [...world.images.values()].filter(inFilter(user, filter));
    return element('IMAGE_POOL', images.map(imageDocument).join(''));
  },
  'one.datastorepool.info': ({ world }) => datastorePool(world),

  'one.template.info': ({ args: [id], world }) => {
    const found = world.templates.find((each) => each.id === id);
    if (found === undefined) throw noSuch('virtual machine template', id);
    return templateDocument('VMTEMPLATE', found);
  },
  'one.templatepool.info': ({ world }) =>
    element('VMTEMPLATE_POOL', world.templates.map((each) => templateDocument('VMTEMPLATE', each)).join('')),

  'one.user.info': ({ args: [id], world, user }) => {
    if (id !== -1 && id !== user.id) throw noSuch('user', id);
    return userDocument(world, user);
  },
  'one.group.info': ({ args: [id], world, user }) => {
    if (id !== -1 && id !== user.gid) throw noSuch('group', id);
    return groupAccount(world, user);
  },
} satisfies Partial<Methods>;

/** In the order in which OpenNebula looks: datastore, size, room, right, quota, name. */
function allocate({ args: [text, datastoreId], world, user }: Call<'one.image.allocate'>): number {
  const template = templateOf(text);
  if (datastoreId !== imageDatastore) throw noSuch('datastore', datastoreId);
  const sizeMb = Number(textIn(template, 'SIZE') ?? Number.NaN);
  if (Number.isNaN(sizeMb)) throw new Refusal('INTERNAL', 'Cannot parse image SIZE: ');
  if (sizeMb > world.datastore.freeMb) throw new Refusal('ACTION', 'Not enough space in datastore');
  mayCreate(user, 'IMAGE');
  checkLimit(world, user, sizeMb);
  const name = freeName(world, user, template);
  const id = takeId(world);
  world.images.set(id, {
    id,
    uid: user.id,
    name,
    type: typeNames[textIn(template, 'TYPE') ?? 'OS'] ?? 0,
    isPersistent: textIn(template, 'PERSISTENT') === 'YES',
    isPublic: false,
    sizeMb,
    state: imageState.LOCKED,
    attributes: without(template, ['NAME', 'TYPE', 'PERSISTENT', 'SIZE']),
    vmIds: new Set(),
  });
  later(world, 2, () => {
    const image = world.images.get(id);
    if (image?.state === imageState.LOCKED) image.state = imageState.READY;
    if (image?.state === imageState.LOCKED_USED_PERS) image.state = imageState.USED_PERS;
  });
  return id;
}

function checkLimit(world: SimWorld, user: SimUser, sizeMb: number): void {
  const limit = user.limits.SIZE;
  if (limit === undefined || isAdmin(user) || diskMbOf(world, user) + sizeMb <= limit) return;
  const message = `limit of ${limit} reached for SIZE quota in DATASTORE with ID: ${imageDatastore}`;
  throw new Refusal('AUTHORIZATION', `User [${user.id}] : user [${user.id}] ${message}.`);
}

function freeName({ images }: SimWorld, user: SimUser, template: Template): string {
  const name = textIn(template, 'NAME');
  if (name === undefined) {
    throw new Refusal('ALLOCATE', 'Error allocating a new image. Invalid NAME, it cannot be empty');
  }
  if ([...images.values()].some((image) => image.uid === user.id && image.name === name)) {
    throw new Refusal('ALLOCATE', 'Error allocating a new image. NAME is already taken by IMAGE.');
  }
  return checkName(name, 'Image');
}
