import type { GroupDecision, GroupSnapshot } from '@trencadis/availability';
import type { Clock } from '@trencadis/clock';
import type { Fleet } from './fleet.ts';
import type { Lanes } from './lanes.ts';
import type { Measuring } from './measuring.ts';
import type { StateWriter } from './state-writer.ts';
import type { ServiceStore } from './store.ts';

/** Where the controller says what it does by itself; a `Log` is one. */
export interface ControllerLog {
  debug(fields: Readonly<Record<string, unknown>>, message: string): void;
  info(fields: Readonly<Record<string, unknown>>, message: string): void;
  warn(fields: Readonly<Record<string, unknown>>, message: string): void;
}

export type Decide = (snapshot: GroupSnapshot) => GroupDecision;

/** All in milliseconds. */
export interface Timing {
  /** Between two decisions on a group when nothing changes (RS-02). */
  readonly tickMs: number;
  readonly balancerMs: number;
  readonly vmsMs: number;
  /** Between two readings of which groups there are. */
  readonly listMs: number;
  /** How finely all of this is kept. */
  readonly pulseMs: number;
}

export const timing: Timing = {
  tickMs: 5_000,
  balancerMs: 1_000,
  vmsMs: 10_000,
  listMs: 5_000,
  pulseMs: 100,
};

/** What all keepers of groups share. */
export interface KeeperParts {
  readonly fleet: Fleet;
  readonly store: ServiceStore;
  readonly measuring: Measuring;
  readonly clock: Clock;
  readonly log: ControllerLog;
  readonly decide: Decide;
  readonly timing: Timing;
  readonly writer: StateWriter;
  readonly lanes: KeeperLanes;
}

/** One a kind of work: what hangs fills no lane but its own. */
export interface KeeperLanes {
  readonly observing: Lanes;
  readonly balancing: Lanes;
  readonly measuring: Lanes;
  readonly deciding: Lanes;
}
