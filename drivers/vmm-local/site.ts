import { type Clock, systemClock } from '@trencadis/clock';
import type { VmName } from '@trencadis/ids';
import { type AddressPool, parsePool } from '@trencadis/ipv4';
import { type Layout, layoutOf } from './layout.ts';
import type { MachineRecord } from './records.ts';

export interface LocalVmmOptions {
  /** Absolute path of the directory that holds every fact about machines, networks and disks; made when absent. */
  readonly directory: string;
  /** IPv4 range; each network takes a free /24 of it. Default 10.203.0.0/16. */
  readonly addressPool?: string;
  /** How long a machine may take to power itself off before it is killed. Default 20 s. */
  readonly stopTimeoutMs?: number;
  readonly clock?: Clock;
}

/** What the operations of one driver share. */
export interface Site {
  readonly layout: Layout;
  readonly pool: AddressPool;
  readonly clock: Clock;
  /** How long a machine may take to power itself off before it is killed. */
  readonly stopTimeoutMs: number;
}

/** One part of making or booting a machine; doing it twice is doing it once. */
export type MachineStep = (site: Site, machine: MachineRecord, signal: AbortSignal) => Promise<void>;

/** Works on one machine, after all that was asked for it before. */
export type Exclusive = <Result>(
  name: VmName,
  signal: AbortSignal,
  work: () => Promise<Result>,
) => Promise<Result>;

const defaultAddressPool = '10.203.0.0/16';

export function siteOf(options: LocalVmmOptions): Site {
  return {
    layout: layoutOf(options.directory),
    pool: parsePool(options.addressPool ?? defaultAddressPool, 'local networks'),
    clock: options.clock ?? systemClock,
    stopTimeoutMs: options.stopTimeoutMs ?? 20_000,
  };
}
