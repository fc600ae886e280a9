import type { ControlMessage } from './control-message.ts';

/** What the one process of several that leads does. */
export interface LeadingWork {
  /** Until the signal aborts: then another process may lead already. */
  lead(signal: AbortSignal): Promise<void>;
  onMessage(message: ControlMessage): void;
}

/** One of the platform's processes leads at a time; it leads until it dies, closes, or loses its database. */
export interface Leadership {
  /** Stands by, and leads whenever nobody else does; resolves once the signal has aborted and all has ended. */
  run(work: LeadingWork, closing: AbortSignal): Promise<void>;
  /** Tells the leader, be it this process or another. */
  tell(message: ControlMessage): Promise<void>;
}
