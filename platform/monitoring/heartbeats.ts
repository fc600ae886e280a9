import type { Clock } from '@trencadis/clock';
import type { VmName } from '@trencadis/ids';
import type { Heartbeats } from './model.ts';

/** A restart forgets them; the next beat comes soon. */
export function createHeartbeats(clock: Clock): Heartbeats {
  const last = new Map<VmName, number>();
  const now = (): number => clock.now().getTime();
  return {
    beat: (vm) => void last.set(vm, now()),
    lastOf: (vm) => last.get(vm),
    ageMs: (vm) => {
      const at = last.get(vm);
      return at === undefined ? undefined : now() - at;
    },
    forget: (vm) => void last.delete(vm),
  };
}
