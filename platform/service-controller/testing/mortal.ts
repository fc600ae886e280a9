import type { Clock } from '@trencadis/clock';

/** A process that a test kills: from then on nothing that it calls happens, and nothing answers it. */
export class Life {
  isOver = false;
  calls = 0;
  /** Dies at that call, before or after it has had its effect. */
  readonly #end: { readonly call: number; readonly when: 'before' | 'after' } | undefined;
  readonly #onEnd: () => void;

  constructor(end?: { readonly call: number; readonly when: 'before' | 'after' }, onEnd = () => {}) {
    this.#end = end;
    this.#onEnd = onEnd;
  }

  /** The same, as seen by this process; of `only` each call counts. */
  wrap<Target extends object>(target: Target, only: readonly string[]): Target {
    return new Proxy(target, {
      get: (object, name) => {
        const member: unknown = Reflect.get(object, name, object);
        if (typeof member !== 'function') return member;
        return (...given: unknown[]) =>
          only.includes(String(name))
            ? this.#call(() => (member as (...all: unknown[]) => unknown).apply(object, given))
            : (member as (...all: unknown[]) => unknown).apply(object, given);
      },
    });
  }

  /** One whose sleepers do not wake once the process is dead. */
  clock(clock: Clock): Clock {
    return {
      now: () => clock.now(),
      sleep: async (ms, signal) => {
        await clock.sleep(ms, signal);
        if (this.isOver) await never();
      },
    };
  }

  async #call(act: () => unknown): Promise<unknown> {
    if (this.isOver) return never();
    const isLast = ++this.calls === this.#end?.call;
    if (isLast && this.#end?.when === 'before') return this.#die();
    const answer = await act();
    if (isLast) return this.#die();
    return this.isOver ? never() : answer;
  }

  #die(): Promise<never> {
    this.kill();
    return never();
  }

  kill(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.#onEnd();
  }
}

function never(): Promise<never> {
  return new Promise(() => undefined);
}
