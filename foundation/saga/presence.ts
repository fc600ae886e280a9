import type { PlanHead } from './store.ts';

/** What a process does about itself and its peers. */
export interface PresenceHandlers {
  /** The log of a plan has grown or a run of it has begun, in whatever process. */
  readonly onChange: (head: PlanHead) => void;
  /** Called each second, one call after the other. */
  readonly onTick: () => Promise<void>;
  /** Nothing proves any more that this process is alive: peers may take over what it runs. */
  readonly onLost: () => void;
  /** It is proven again. */
  readonly onRegained: () => Promise<void>;
  /** That executor is dead: its work is ours to give on. Called in one process only. */
  readonly onPeerDied: (executorId: string) => Promise<void>;
}

/** This process among those that share its database. */
export interface Presence {
  /** Resolves when peers can see that this process is alive. `conflict` when another one goes by its name. */
  join(handlers: PresenceHandlers): Promise<void>;
  /** Looks for dead peers at once, and from then on each second. */
  watch(): Promise<void>;
  leave(): Promise<void>;
}
