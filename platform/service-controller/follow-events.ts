import type { Clock } from '@trencadis/clock';
import type { GroupKey } from './fleet.ts';
import type { StoredEvent } from './group-record.ts';
import type { ServiceStore } from './store.ts';

export interface FollowedEvents {
  readonly group: GroupKey;
  readonly after?: number | undefined;
  readonly last: number;
  readonly follow: boolean;
}

const batch = 500;
/** Whichever process keeps the service, events come by way of the store. */
const lookEveryMs = 500;

/** Events of the past, then, if followed, those that come, until the signal aborts. */
export async function* followServiceEvents(
  { store, clock }: { readonly store: ServiceStore; readonly clock: Clock },
  { group, after, last, follow }: FollowedEvents,
  signal: AbortSignal,
): AsyncGenerator<StoredEvent> {
  let reached = after;
  if (reached === undefined) {
    // Without any, it goes on after the newest one there is.
    const past = await store.listEvents(group, { limit: Math.max(last, 1) });
    yield* last === 0 ? [] : past;
    reached = past.at(-1)?.sequence ?? 0;
  }
  while (!signal.aborted) {
    const events = await store.listEvents(group, { after: reached, limit: batch });
    yield* events;
    reached = events.at(-1)?.sequence ?? reached;
    if (events.length === batch) continue;
    if (!follow) return;
    await clock.sleep(lookEveryMs, signal).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
  }
}
