import { toPlatformError } from '@trencadis/errors';
import type { RightCheck, VmmDriver } from '@trencadis/vmm';

/** What the credentials allow; that they are refused altogether, or that nobody answers, is an answer too. */
export async function testSite(driver: VmmDriver, signal: AbortSignal): Promise<readonly RightCheck[]> {
  try {
    return await driver.checkRights(signal);
  } catch (error) {
    signal.throwIfAborted();
    const { code, message } = toPlatformError(error);
    // A bug is not an answer about rights.
    if (code === 'internal') throw error;
    const isRefused = code === 'unauthenticated' || code === 'forbidden';
    return [{ right: isRefused ? 'log in' : 'get an answer', holds: false, because: message }];
  }
}
