import { decideGroup } from '@trencadis/availability';
import type { Clock } from '@trencadis/clock';
import type { ControlMessage } from './control-message.ts';
import { type ControllerLog, type Decide, type Timing, timing } from './controller-parts.ts';
import type { Fleet, GroupKey } from './fleet.ts';
import type { GroupView } from './group-record.ts';
import type { Leadership } from './leadership.ts';
import type { Measuring } from './measuring.ts';
import { Shift } from './shift.ts';
import type { ServiceStore } from './store.ts';

export interface ServiceControllerParts {
  readonly fleet: Fleet;
  readonly store: ServiceStore;
  readonly leadership: Leadership;
  readonly measuring: Measuring;
  readonly clock: Clock;
  readonly log: ControllerLog;
  /** That of platform/availability unless told. */
  readonly decide?: Decide;
}

export type ServiceControllerOptions = Partial<Timing>;

/** Runs in every process of the platform; one of them at a time keeps all services. */
export interface ServiceController {
  start(): void;
  /** Stops in the middle of what runs; another process, or the next one, goes on. */
  close(): Promise<void>;
  /** As this process sees it, if it leads; else what is stored is the newest. */
  viewOf(key: GroupKey): GroupView | undefined;
}

export function createServiceController(
  parts: ServiceControllerParts,
  options: ServiceControllerOptions = {},
): ServiceController {
  const closing = new AbortController();
  let shift: Shift | undefined;
  let running: Promise<void> | undefined;
  const shiftParts = { ...parts, decide: parts.decide ?? decideGroup, timing: { ...timing, ...options } };
  const work = {
    lead: async (signal: AbortSignal) => {
      shift = new Shift(shiftParts);
      await shift.run(signal).finally(() => (shift = undefined));
    },
    onMessage: (message: ControlMessage) => shift?.take(message),
  };
  return {
    start: () => {
      running ??= parts.leadership.run(work, closing.signal);
    },
    close: async () => {
      closing.abort(new Error('The platform is closing.'));
      await running;
    },
    viewOf: (key) => shift?.viewOf(key),
  };
}
