import { PlatformError, isPlatformError } from '@trencadis/errors';

/** Why a VM manager cannot be asked now. */
export interface Outage {
  readonly because: string;
  /** It may end by itself. */
  readonly isPassing: boolean;
}

/** `undefined`: that error is about something else. */
export function outageOf(error: unknown): Outage | undefined {
  if (!isPlatformError(error)) return undefined;
  const { code } = error;
  const message = error.message.replace(/\.$/, '');
  if (code === 'unavailable') return { because: `it does not answer: ${message}`, isPassing: true };
  if (code !== 'unauthenticated' && code !== 'forbidden') return undefined;
  const because = `it refuses the credentials that it was added with: ${message}; correct them with trencadis cloud add`;
  return { because, isPassing: false };
}

/**
 * Names the VM manager in what it fails with. Credentials that it refuses are a `conflict`: `unauthenticated` would say
 * that the caller's own are wrong.
 */
export async function asking<Result>(vmm: string, ask: () => Promise<Result>): Promise<Result> {
  try {
    return await ask();
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
