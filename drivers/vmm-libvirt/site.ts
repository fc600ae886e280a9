import type { Clock } from '@trencadis/clock';
import type { AddressPool } from '@trencadis/ipv4';
import type { KeyedMutex } from '@trencadis/mutex';
import type { StoragePool } from './storage-pool.ts';
import type { Virsh } from './virsh.ts';

export type Acceleration = 'kvm' | 'tcg';

/** What the operations of one driver share. */
export interface Site {
  readonly virsh: Virsh;
  readonly pool: StoragePool;
  readonly addressPool: AddressPool;
  readonly clock: Clock;
  /** How long a VM may take to power itself off before it is switched off. */
  readonly stopTimeoutMs: number;
  readonly hasGuests: boolean;
  readonly isReachable: boolean;
  /** Work under one key is done in order within this process; other processes are met by what libvirt refuses. */
  readonly mutex: KeyedMutex;
  /** How this host runs VMs; found out once. */
  acceleration(signal: AbortSignal): Promise<Acceleration>;
}
