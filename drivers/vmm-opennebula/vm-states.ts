import type { VmStatus } from '@trencadis/vmm';

/** STATE of a VM (https://docs.opennebula.io/6.8/management_and_operations/references/vm_states.html). */
export const vmState = {
  INIT: 0,
  PENDING: 1,
  HOLD: 2,
  ACTIVE: 3,
  STOPPED: 4,
  SUSPENDED: 5,
  DONE: 6,
  POWEROFF: 8,
  UNDEPLOYED: 9,
  CLONING: 10,
  CLONING_FAILURE: 11,
} as const;

/** LCM_STATE, which tells more of an ACTIVE one. 13, 14, 55 and 58 are of the past. */
export const lcmState = {
  LCM_INIT: 0,
  PROLOG: 1,
  BOOT: 2,
  RUNNING: 3,
  MIGRATE: 4,
  SAVE_STOP: 5,
  SAVE_SUSPEND: 6,
  SAVE_MIGRATE: 7,
  PROLOG_MIGRATE: 8,
  PROLOG_RESUME: 9,
  EPILOG_STOP: 10,
  EPILOG: 11,
  SHUTDOWN: 12,
  CLEANUP_RESUBMIT: 15,
  UNKNOWN: 16,
  HOTPLUG: 17,
  SHUTDOWN_POWEROFF: 18,
  BOOT_UNKNOWN: 19,
  BOOT_POWEROFF: 20,
  BOOT_SUSPENDED: 21,
  BOOT_STOPPED: 22,
  CLEANUP_DELETE: 23,
  HOTPLUG_SNAPSHOT: 24,
  HOTPLUG_NIC: 25,
  HOTPLUG_SAVEAS: 26,
  HOTPLUG_SAVEAS_POWEROFF: 27,
  HOTPLUG_SAVEAS_SUSPENDED: 28,
  SHUTDOWN_UNDEPLOY: 29,
  EPILOG_UNDEPLOY: 30,
  PROLOG_UNDEPLOY: 31,
  BOOT_UNDEPLOY: 32,
  HOTPLUG_PROLOG_POWEROFF: 33,
  HOTPLUG_EPILOG_POWEROFF: 34,
  BOOT_MIGRATE: 35,
  BOOT_FAILURE: 36,
  BOOT_MIGRATE_FAILURE: 37,
  PROLOG_MIGRATE_FAILURE: 38,
  PROLOG_FAILURE: 39,
  EPILOG_FAILURE: 40,
  EPILOG_STOP_FAILURE: 41,
  EPILOG_UNDEPLOY_FAILURE: 42,
  PROLOG_MIGRATE_POWEROFF: 43,
  PROLOG_MIGRATE_POWEROFF_FAILURE: 44,
  PROLOG_MIGRATE_SUSPEND: 45,
  PROLOG_MIGRATE_SUSPEND_FAILURE: 46,
  BOOT_UNDEPLOY_FAILURE: 47,
  BOOT_STOPPED_FAILURE: 48,
  PROLOG_RESUME_FAILURE: 49,
  PROLOG_UNDEPLOY_FAILURE: 50,
  DISK_SNAPSHOT_POWEROFF: 51,
  DISK_SNAPSHOT_REVERT_POWEROFF: 52,
  DISK_SNAPSHOT_DELETE_POWEROFF: 53,
  DISK_SNAPSHOT_SUSPENDED: 54,
  DISK_SNAPSHOT_DELETE_SUSPENDED: 56,
  DISK_SNAPSHOT: 57,
  DISK_SNAPSHOT_DELETE: 59,
  PROLOG_MIGRATE_UNKNOWN: 60,
  PROLOG_MIGRATE_UNKNOWN_FAILURE: 61,
  DISK_RESIZE: 62,
  DISK_RESIZE_POWEROFF: 63,
  DISK_RESIZE_UNDEPLOYED: 64,
  HOTPLUG_NIC_POWEROFF: 65,
  HOTPLUG_RESIZE: 66,
  HOTPLUG_SAVEAS_UNDEPLOYED: 67,
  HOTPLUG_SAVEAS_STOPPED: 68,
  BACKUP: 69,
  BACKUP_POWEROFF: 70,
  RESTORE: 71,
} as const;

type LcmName = keyof typeof lcmState;

/** The guest is there, or is being moved or taken down. */
const running: ReadonlySet<LcmName> = new Set<LcmName>([
  'RUNNING',
  'MIGRATE',
  'SAVE_STOP',
  'SAVE_SUSPEND',
  'SAVE_MIGRATE',
  'HOTPLUG',
  'SHUTDOWN_POWEROFF',
  'HOTPLUG_SNAPSHOT',
  'HOTPLUG_NIC',
  'HOTPLUG_SAVEAS',
  'SHUTDOWN_UNDEPLOY',
  'DISK_SNAPSHOT',
  'DISK_SNAPSHOT_DELETE',
  'DISK_RESIZE',
  'HOTPLUG_RESIZE',
  'BACKUP',
]);
/** Something is done to its disks, and there is no guest; or it is on its way out. */
const off =
  /^(?:EPILOG(?:_STOP|_UNDEPLOY)?|SHUTDOWN|CLEANUP_DELETE|RESTORE)$|_(?:POWEROFF|SUSPENDED|SUSPEND|UNDEPLOYED|STOPPED)$/;

const lcmNames = new Map<number, LcmName>(
  Object.entries(lcmState).map(([name, number]) => [number, name as LcmName]),
);
const stateNames = new Map<number, string>(Object.entries(vmState).map(([name, number]) => [number, name]));

export interface VmStates {
  readonly state: number;
  readonly lcm: number;
}

/** As OpenNebula's own tools say it. */
export function stateName({ state, lcm }: VmStates): string {
  const name = state === vmState.ACTIVE ? lcmNames.get(lcm) : stateNames.get(state);
  return name ?? `state ${state}/${lcm}`;
}

/** Its hypervisor has lost an UNKNOWN one: it is failed until it is seen again. */
function statusOfActive(lcm: number): VmStatus {
  const name = lcmNames.get(lcm) ?? 'LCM_INIT';
  if (name.endsWith('_FAILURE') || name === 'UNKNOWN') return 'failed';
  if (running.has(name)) return 'running';
  // BOOT_POWEROFF and its like are starts of what was off.
  return off.test(name) && !name.startsWith('BOOT_') ? 'stopped' : 'creating';
}

/** Of one that is DONE there is none: `undefined`. */
export function statusOf({ state, lcm }: VmStates): VmStatus | undefined {
  switch (state) {
    case vmState.DONE:
      return undefined;
    case vmState.ACTIVE:
      return statusOfActive(lcm);
    case vmState.HOLD:
    case vmState.STOPPED:
    case vmState.SUSPENDED:
    case vmState.POWEROFF:
    case vmState.UNDEPLOYED:
      return 'stopped';
    case vmState.CLONING_FAILURE:
      return 'failed';
    default:
      return 'creating';
  }
}
