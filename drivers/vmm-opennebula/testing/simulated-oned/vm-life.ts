import { imageState } from '../../one-image.ts';
import { lcmState, vmState } from '../../vm-states.ts';
import { type SimImage, type SimVm, type SimWorld, later } from './world.ts';

interface States {
  readonly state: number;
  readonly lcm: number;
}

export const active = (lcm: keyof typeof lcmState): States => ({ state: vmState.ACTIVE, lcm: lcmState[lcm] });
export const at = (state: keyof typeof vmState): States => ({
  state: vmState[state],
  lcm: lcmState.LCM_INIT,
});

export function enter(vm: SimVm, { state, lcm }: States): void {
  vm.prevState = vm.state;
  vm.prevLcm = vm.lcm;
  vm.state = state;
  vm.lcm = lcm;
}

/** One state after the other; another turn of the VM ends it. The first is entered at once. */
export function go(world: SimWorld, vm: SimVm, [first, ...rest]: readonly States[], done?: () => void): void {
  vm.turn += 1;
  const { turn } = vm;
  if (first !== undefined) enter(vm, first);
  rest.forEach((states, index) => {
    later(world, index + 1, () => {
      if (vm.turn !== turn) return;
      enter(vm, states);
      if (index === rest.length - 1) done?.();
    });
  });
}

/** Until the scheduler has a host for it; what its image says goes wrong does. */
export function boot(world: SimWorld, vm: SimVm): void {
  const broken = imagesOf(world, vm).find(({ breaksWith }) => breaksWith !== undefined)?.breaksWith;
  vm.turn += 1;
  const { turn } = vm;
  later(world, 1, () => {
    if (vm.turn !== turn || world.isFull) return;
    vm.hasHost = true;
    if (broken === undefined) return go(world, vm, [active('PROLOG'), active('BOOT'), active('RUNNING')]);
    return go(world, vm, [active('PROLOG'), active('PROLOG_FAILURE')], () => {
      vm.notes = [...vm.notes, { name: 'ERROR', value: `Mon Nov  2 10:00:00 2026 : ${broken}` }];
    });
  });
}

export function imagesOf({ images }: SimWorld, { disks }: SimVm): readonly SimImage[] {
  return disks.flatMap(({ IMAGE_ID }) => images.get(Number(IMAGE_ID)) ?? []);
}

/** Disks and addresses are free again. */
export function free(world: SimWorld, vm: SimVm): void {
  for (const image of imagesOf(world, vm)) release(image, vm.id);
  for (const vnet of world.vnets.values()) {
    for (const [address, holder] of vnet.leases) {
      if (holder.kind === 'vm' && holder.id === vm.id) vnet.leases.delete(address);
    }
  }
}

export function release(image: SimImage, vmId: number): void {
  image.vmIds.delete(vmId);
  if (image.vmIds.size > 0) return;
  if (image.state === imageState.USED || image.state === imageState.USED_PERS) image.state = imageState.READY;
  else if (image.state === imageState.LOCKED_USED || image.state === imageState.LOCKED_USED_PERS)
    image.state = imageState.LOCKED;
}

/** Of those in which nothing is done to it: which actions lead where. Others are refused for the state. */
export function act(world: SimWorld, vm: SimVm, action: string): boolean {
  const does = actions[action]?.(world, vm);
  if (does === undefined) return false;
  does();
  return true;
}

type Action = (world: SimWorld, vm: SimVm) => (() => void) | undefined;

const isActive = (vm: SimVm, ...names: (keyof typeof lcmState)[]) =>
  vm.state === vmState.ACTIVE && names.some((name) => lcmState[name] === vm.lcm);

const actions: Readonly<Record<string, Action>> = {
  'terminate-hard': terminate,
  terminate,
  poweroff: (world, vm) =>
    isActive(vm, 'RUNNING', 'UNKNOWN')
      ? () => go(world, vm, [active('SHUTDOWN_POWEROFF'), ...(world.hasDeafGuests ? [] : [at('POWEROFF')])])
      : undefined,
  'poweroff-hard': (world, vm) =>
    isActive(vm, 'RUNNING', 'UNKNOWN', 'SHUTDOWN_POWEROFF')
      ? () => go(world, vm, [active('SHUTDOWN_POWEROFF'), at('POWEROFF')])
      : undefined,
  resume: (world, vm) => {
    if (vm.state === vmState.POWEROFF)
      return () => go(world, vm, [active('BOOT_POWEROFF'), active('RUNNING')]);
    if (isActive(vm, 'UNKNOWN')) return () => go(world, vm, [active('BOOT_UNKNOWN'), active('RUNNING')]);
    if (vm.state === vmState.SUSPENDED)
      return () => go(world, vm, [active('BOOT_SUSPENDED'), active('RUNNING')]);
    return undefined;
  },
  reboot: (_world, vm) => (isActive(vm, 'RUNNING') ? () => undefined : undefined),
  hold: (world, vm) => (vm.state === vmState.PENDING ? () => go(world, vm, [at('HOLD')]) : undefined),
  release: (world, vm) =>
    vm.state === vmState.HOLD
      ? () => {
          enter(vm, at('PENDING'));
          boot(world, vm);
        }
      : undefined,
};

function terminate(world: SimWorld, vm: SimVm): (() => void) | undefined {
  const gone = () => free(world, vm);
  const isOff = [vmState.POWEROFF, vmState.SUSPENDED, vmState.STOPPED, vmState.UNDEPLOYED].some(
    (state) => state === vm.state,
  );
  const isUnplaced = [vmState.INIT, vmState.PENDING, vmState.HOLD].some((state) => state === vm.state);
  if (isOff) return () => go(world, vm, [active('EPILOG'), at('DONE')], gone);
  if (isUnplaced) {
    return () => {
      go(world, vm, [at('DONE')]);
      gone();
    };
  }
  if (isActive(vm, 'RUNNING', 'UNKNOWN', 'SHUTDOWN')) {
    return () => go(world, vm, [active('SHUTDOWN'), active('EPILOG'), at('DONE')], gone);
  }
  const isFailed = isActive(vm, 'PROLOG_FAILURE', 'BOOT_FAILURE', 'EPILOG_FAILURE');
  return isFailed ? () => go(world, vm, [active('CLEANUP_DELETE'), at('DONE')], gone) : undefined;
}
