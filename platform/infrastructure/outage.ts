import { PlatformError, isPlatformError } from '@trencadis/errors';

/** Why a VM manager cannot be asked now. */
export interface Outage {
  /** For a sentence about the VM manager. */
  readonly because: string;
  /** What came instead of an answer, and the remedy where there is one. */
  readonly why: string;
  /** It may end by itself. */
  readonly isPassing: boolean;
}

/** By the VM manager's key. */
export type Outages = ReadonlyMap<string, Outage>;

/** `undefined`: that error is about something else. */
export function outageOf(error: unknown): Outage | undefined {
  if (!isPlatformError(error)) return undefined;
  const { code } = error;
  const message = error.message.replace(/\.$/, '');
  if (code === 'unavailable')
    return { because: `it does not answer: ${message}`, why: message, isPassing: true };
  if (code !== 'unauthenticated' && code !== 'forbidden') return undefined;
  const why = `${message}; correct them with trencadis cloud add`;
  return {
    because: `it refuses the credentials that it was added with: ${why}`,
    why,
    isPassing: false,
  };
}

/** Reason of a condition that is unknown as these cannot be asked. Documented in docs/architecture.md. */
export function reasonOfOutages(outages: Outages): string {
  return [...outages]
    .map(
      ([vmm, { why, isPassing }]) =>
        `${isPassing ? 'VmmNotAnswering' : 'CredentialsRejected'}: ${vmm}: ${why}`,
    )
    .join('; ');
}

/** How long VM managers are waited for, all questions together. */
export interface Patience {
  readonly ms: number;
  readonly over: AbortSignal;
}

export function patienceOf(ms: number): Patience {
  return { ms, over: AbortSignal.timeout(ms) };
}

/** Who asks what is there may want to know soon, or to build on it. */
export const lookingMs = 5_000;
export const planningMs = 20_000;

interface Asking {
  readonly signal: AbortSignal;
  readonly patience: Patience;
}

/**
 * Asks a VM manager, and waits for no longer than there is patience, whatever its driver does with the signal. Silence
 * is `unavailable`.
 */
export async function askInTime<Result>(
  ask: (signal: AbortSignal) => Promise<Result>,
  { signal, patience }: Asking,
): Promise<Result> {
  const { over, ms } = patience;
  try {
    return await Promise.race([ask(AbortSignal.any([signal, over])), rejectionOn(over)]);
  } catch (error) {
    if (!over.aborted || signal.aborted) throw error;
    throw new PlatformError('unavailable', `Nothing came within ${ms / 1000} s.`, { cause: error });
  }
}

function rejectionOn(over: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const end = () => reject(new Error('There is no patience left.'));
    if (over.aborted) end();
    else over.addEventListener('abort', end, { once: true });
  });
}

/**
 * As {@link askInTime}, and names the VM manager in what it fails with. Credentials that it refuses are a `conflict`:
 * `unauthenticated` would say that the caller's own are wrong.
 */
export async function asking<Result>(
  vmm: string,
  ask: (signal: AbortSignal) => Promise<Result>,
  how: Asking,
): Promise<Result> {
  try {
    return await askInTime(ask, how);
  } catch (error) {
    const outage = outageOf(error);
    if (outage === undefined) throw error;
    const message = `VM manager '${vmm}' cannot be asked: ${outage.because}.`;
    throw new PlatformError(outage.isPassing ? 'unavailable' : 'conflict', message, {
      subject: vmm,
      cause: error,
    });
  }
}
