import { imageState, imageType } from '../../one-image.ts';
import { lcmState, stateName, vmState } from '../../vm-states.ts';
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
import { vmDocument } from './documents.ts';
import { Refusal, noSuch, restricted } from './refusal.ts';
import { type Template, type Vector, merged, textIn, vectorsIn, without } from './template.ts';
import { act, active, at, boot, enter, free, go, release } from './vm-life.ts';
import { acquire, checkQuota, lease, restrictedIn, withTargets } from './vm-parts.ts';
import { type SimVm, later, takeId } from './world.ts';
import { element } from './write-xml.ts';

/** What of a template OpenNebula works with itself; the rest goes to USER_TEMPLATE. */
const known = ['NAME', 'CPU', 'VCPU', 'MEMORY', 'DISK', 'NIC', 'CONTEXT', 'GRAPHICS', 'OS', 'VN_MAD'];

export const vmMethods = {
  'one.vm.allocate': ({ args: [text, isOnHold], ...call }) => {
    const template = templateOf(text);
    refuseRestricted(call.user, template);
    mayCreate(call.user, 'VM');
    return allocate(call, template, { isOnHold });
  },
  'one.template.instantiate': ({ args: [id, name, isOnHold, text], ...call }) => {
    const base = call.world.templates.find((each) => each.id === id);
    if (base === undefined) throw noSuch('virtual machine template', id);
    const more = templateOf(text);
    refuseRestricted(call.user, more);
    mayCreate(call.user, 'VM');
    const template = merged(merged(base.template, more), [{ name: 'NAME', value: name }]);
    return allocate(call, template, { isOnHold, templateId: id });
  },
  'one.vm.info': ({ args: [id], world, user }) =>
    vmDocument(usable(user, 'virtual machine', world.vms.get(id), id)),
  'one.vmpool.infoextended': ({ args: [filter, , , state], world, user }) => {
    const isAsked = (vm: SimVm) =>
      state === -2 || (state === -1 ? vm.state !== vmState.DONE : vm.state === state);
    const vms = [...world.vms.values()].filter(inFilter(user, filter)).filter(isAsked);
    return element('VM_POOL', vms.map(vmDocument).join(''));
  },
  'one.vm.action': ({ args: [action, id], world, user }) => {
    const vm = managed(user, 'virtual machine', world.vms.get(id), id);
    if (vm.state === vmState.DONE) return id;
    if (act(world, vm, action)) return id;
    const problem = `This action is not available for state ${stateName(vm)}`;
    throw new Refusal('ACTION', `Error performing action "${action}": ${problem}`);
  },
  'one.vm.update': ({ args: [id, text, manner], world, user }) => {
    const vm = managed(user, 'virtual machine', world.vms.get(id), id);
    const template = templateOf(text);
    vm.notes = manner === 1 ? merged(vm.notes, template) : template;
    return id;
  },
  'one.vm.resize': (call) => resize(call),
  'one.vm.attach': (call) => attach(call),
  'one.vm.detach': (call) => detach(call),
  'one.vm.disksaveas': (call) => saveDisk(call),
} satisfies Partial<Methods>;

function refuseRestricted(user: Call['user'], template: Template): void {
  const found = isAdmin(user) ? undefined : restrictedIn(template);
  if (found !== undefined) throw restricted(user.id, found);
}

interface Manner {
  readonly isOnHold: boolean;
  readonly templateId?: number;
}

function allocate(
  { world, user }: Omit<Call, 'args'>,
  template: Template,
  { isOnHold, templateId }: Manner,
): number {
  const number = (name: string) => Number(textIn(template, name) ?? Number.NaN);
  const [cpu, memoryMb] = [number('CPU'), number('MEMORY')];
  if (!isAdmin(user) && Number.isNaN(memoryMb)) {
    throw new Refusal('AUTHORIZATION', `User [${user.id}] : user [${user.id}] MEMORY not defined for VM.`);
  }
  checkQuota(world, user, { VMS: 1, CPU: cpu, MEMORY: memoryMb });
  const name = checkName(textIn(template, 'NAME') ?? `one-${world.nextId}`, 'Virtual Machine');
  if (!(memoryMb > 0)) throw new Refusal('INTERNAL', 'MEMORY attribute must be a positive integer value.');
  if (!(cpu > 0)) throw new Refusal('INTERNAL', 'CPU attribute must be a positive float or integer value.');
  const id = takeId(world);
  const vm = {
    id,
    uid: user.id,
    name,
    state: vmState.PENDING,
    lcm: 0,
    prevState: 0,
    prevLcm: 0,
    turn: 0,
    cpu,
    vcpu: textIn(template, 'VCPU') === undefined ? 1 : number('VCPU'),
    memoryMb,
    disks: [],
    nics: [],
    context: vectorsIn(template, 'CONTEXT')[0],
    templateId,
    notes: without(template, known),
    hasHost: false,
  } satisfies SimVm;
  const complete = withParts({ world, user, vmId: id }, vm, template);
  world.vms.set(id, complete);
  if (isOnHold) enter(complete, at('HOLD'));
  else boot(world, complete);
  return id;
}

/** Addresses and disks; if one is not to be had, none is kept. */
function withParts(taking: Parameters<typeof acquire>[0], vm: SimVm, template: Template): SimVm {
  const nics: Vector[] = [];
  const disks: Vector[] = [];
  const taken = { ...vm, nics, disks };
  try {
    vectorsIn(template, 'NIC').forEach((nic, nicId) => nics.push(lease(taking, nic, nicId)));
    vectorsIn(template, 'DISK').forEach((disk, diskId) =>
      disks.push(acquire(taking, disk, { diskId, isLive: false })),
    );
    return { ...taken, disks: withTargets(disks) };
  } catch (error) {
    free(taking.world, taken);
    throw error;
  }
}

function resize({ args: [id, text], world, user }: Call<'one.vm.resize'>): number {
  const vm = managed(user, 'virtual machine', world.vms.get(id), id);
  const template = templateOf(text);
  const number = (name: string, before: number) => Number(textIn(template, name) ?? before);
  const [cpu, vcpu, memoryMb] = [
    number('CPU', vm.cpu),
    number('VCPU', vm.vcpu),
    number('MEMORY', vm.memoryMb),
  ];
  checkQuota(world, user, { VMS: 0, CPU: cpu - vm.cpu, MEMORY: memoryMb - vm.memoryMb });
  if (vm.state === vmState.ACTIVE && vm.lcm === lcmState.RUNNING) {
    throw new Refusal('ACTION', 'Hotplug resize not supported by driver dummy');
  }
  if (
    ![vmState.POWEROFF, vmState.PENDING, vmState.HOLD, vmState.UNDEPLOYED].some((state) => state === vm.state)
  ) {
    throw new Refusal('ACTION', `Cannot resize a VM in state ${stateName(vm)}`);
  }
  Object.assign(vm, { cpu, vcpu, memoryMb });
  return id;
}

/** Where it goes through, and to where it comes back; of another state there is none. */
function hotplug(vm: SimVm, through: { running: keyof typeof lcmState; off: keyof typeof lcmState }) {
  if (vm.state === vmState.ACTIVE && vm.lcm === lcmState.RUNNING)
    return [active(through.running), active('RUNNING')];
  return vm.state === vmState.POWEROFF ? [active(through.off), at('POWEROFF')] : undefined;
}

function attach({ args: [id, text], world, user }: Call<'one.vm.attach'>): number {
  const found = world.vms.get(id);
  if (found === undefined) throw noSuch('virtual machine', id);
  if (!found.hasHost) throw new Refusal('ACTION', 'VM is not running in any host');
  const vm = managed(user, 'virtual machine', found, id);
  const [disk] = vectorsIn(templateOf(text), 'DISK');
  const states = hotplug(vm, { running: 'HOTPLUG', off: 'HOTPLUG_PROLOG_POWEROFF' });
  if (disk === undefined || states === undefined) {
    throw new Refusal('ACTION', `Could not attach a new disk to VM ${id}, wrong state ${stateName(vm)}.`);
  }
  const diskId = Math.max(-1, ...vm.disks.map(({ DISK_ID }) => Number(DISK_ID))) + 1;
  try {
    vm.disks = withTargets([...vm.disks, acquire({ world, user, vmId: id }, disk, { diskId, isLive: true })]);
  } catch (error) {
    throw error instanceof Refusal ? new Refusal('ACTION', error.message) : error;
  }
  go(world, vm, states);
  return id;
}

function detach({ args: [id, diskId], world, user }: Call<'one.vm.detach'>): number {
  const vm = managed(user, 'virtual machine', world.vms.get(id), id);
  const leaving = vm.disks.find(({ DISK_ID }) => Number(DISK_ID) === diskId);
  const states = hotplug(vm, { running: 'HOTPLUG', off: 'HOTPLUG_EPILOG_POWEROFF' });
  if (states === undefined) {
    throw new Refusal('ACTION', `Could not detach disk from VM ${id}, wrong state ${stateName(vm)}.`);
  }
  if (leaving === undefined) {
    throw new Refusal('ACTION', `Could not detach disk with DISK_ID ${diskId}, it does not exist.`);
  }
  go(world, vm, states, () => {
    vm.disks = vm.disks.filter((disk) => disk !== leaving);
    const image = world.images.get(Number(leaving['IMAGE_ID']));
    if (image !== undefined) release(image, vm.id);
  });
  return id;
}

function saveDisk({
  args: [id, diskId, name, type, snapshot],
  world,
  user,
}: Call<'one.vm.disksaveas'>): number {
  const vm = managed(user, 'virtual machine', world.vms.get(id), id);
  const states = hotplug(vm, { running: 'HOTPLUG_SAVEAS', off: 'HOTPLUG_SAVEAS_POWEROFF' });
  if (states === undefined)
    throw new Refusal('INTERNAL', 'VM has to be RUNNING, POWEROFF or SUSPENDED to save disks.');
  const disk = vm.disks.find(({ DISK_ID }) => Number(DISK_ID) === diskId);
  if (disk === undefined || snapshot !== -1)
    throw new Refusal('INTERNAL', 'Cannot use DISK. Snapshot does not exist');
  mayCreate(user, 'IMAGE');
  if ([...world.images.values()].some((image) => image.uid === user.id && image.name === name)) {
    throw new Refusal('ALLOCATE', 'Error allocating a new image. NAME is already taken by IMAGE.');
  }
  const imageId = takeId(world);
  world.images.set(imageId, {
    id: imageId,
    uid: user.id,
    name: checkName(name, 'Image'),
    isPersistent: false,
    isPublic: false,
    type: type === '' || type === 'OS' ? imageType.OS : imageType.DATABLOCK,
    sizeMb: Number(disk['SIZE']),
    state: imageState.LOCKED,
    vmIds: new Set(),
    attributes: [
      { name: 'DEV_PREFIX', value: disk['DEV_PREFIX'] ?? 'vd' },
      { name: 'SAVED_IMAGE_ID', value: disk['IMAGE_ID'] ?? '' },
      { name: 'SAVED_DISK_ID', value: String(diskId) },
      { name: 'SAVED_VM_ID', value: String(id) },
    ],
  });
  go(world, vm, states);
  later(world, 2, () => {
    const image = world.images.get(imageId);
    if (image?.state === imageState.LOCKED) image.state = imageState.READY;
  });
  return imageId;
}
