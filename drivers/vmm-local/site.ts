import type { Clock } from '@trencadis/clock';
import type { VmName } from '@trencadis/ids';
import type { Layout } from './layout.ts';
import type { MachineRecord } from './records.ts';
import type { Ipv4Range } from './subnets.ts';

/** What the operations of one driver share. */
export interface Site {
  readonly layout: Layout;
  readonly pool: { readonly text: string; readonly range: Ipv4Range };
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
