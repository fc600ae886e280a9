import { describe, expect, it } from 'vitest';
import { lcmState, stateName, statusOf, vmState } from './vm-states.ts';

const active = (name: keyof typeof lcmState) => ({ state: vmState.ACTIVE, lcm: lcmState[name] });

describe('states of VMs', () => {
  it.each([
    ['INIT', 'creating'],
    ['PENDING', 'creating'],
    ['HOLD', 'stopped'],
    ['STOPPED', 'stopped'],
    ['SUSPENDED', 'stopped'],
    ['DONE', undefined],
    ['POWEROFF', 'stopped'],
    ['UNDEPLOYED', 'stopped'],
    ['CLONING', 'creating'],
    ['CLONING_FAILURE', 'failed'],
  ] as const)('%s is %s', (name, status) => {
    expect(statusOf({ state: vmState[name], lcm: 0 })).toBe(status);
    expect(stateName({ state: vmState[name], lcm: 0 })).toBe(name);
  });

  it('are failed in every one that says so, and when the hypervisor has lost it', () => {
    const failed = Object.keys(lcmState).filter(
      (name) => statusOf(active(name as keyof typeof lcmState)) === 'failed',
    );
    expect(failed).toEqual([
      'UNKNOWN',
      'BOOT_FAILURE',
      'BOOT_MIGRATE_FAILURE',
      'PROLOG_MIGRATE_FAILURE',
      'PROLOG_FAILURE',
      'EPILOG_FAILURE',
      'EPILOG_STOP_FAILURE',
      'EPILOG_UNDEPLOY_FAILURE',
      'PROLOG_MIGRATE_POWEROFF_FAILURE',
      'PROLOG_MIGRATE_SUSPEND_FAILURE',
      'BOOT_UNDEPLOY_FAILURE',
      'BOOT_STOPPED_FAILURE',
      'PROLOG_RESUME_FAILURE',
      'PROLOG_UNDEPLOY_FAILURE',
      'PROLOG_MIGRATE_UNKNOWN_FAILURE',
    ]);
  });

  it.each([
    ['RUNNING', 'running'],
    ['MIGRATE', 'running'],
    ['HOTPLUG', 'running'],
    ['HOTPLUG_SAVEAS', 'running'],
    ['SHUTDOWN_POWEROFF', 'running'],
    ['HOTPLUG_PROLOG_POWEROFF', 'stopped'],
    ['HOTPLUG_SAVEAS_POWEROFF', 'stopped'],
    ['PROLOG_MIGRATE_SUSPEND', 'stopped'],
    ['EPILOG', 'stopped'],
    ['SHUTDOWN', 'stopped'],
    ['PROLOG', 'creating'],
    ['BOOT', 'creating'],
    ['BOOT_POWEROFF', 'creating'],
    ['BOOT_STOPPED', 'creating'],
    ['PROLOG_RESUME', 'creating'],
  ] as const)('ACTIVE in %s is %s', (name, status) => {
    expect(statusOf(active(name))).toBe(status);
    expect(stateName(active(name))).toBe(name);
  });

  it('that are not known yet are those of one that is coming', () => {
    expect(statusOf({ state: vmState.ACTIVE, lcm: 99 })).toBe('creating');
    expect(stateName({ state: vmState.ACTIVE, lcm: 99 })).toBe('state 3/99');
  });
});
