import { toPlatformError } from '@trencadis/errors';
import { brandId } from '@trencadis/ids';
import type { VmmDriver } from '@trencadis/vmm';
import type { RightCheck, VmmProduct } from './model.ts';

/** Marks nothing: whoever may list machines gets an empty list. */
const nobodysTag = brandId('Tag', 'trencadis-test');

/** What the credentials allow, as the product checks it, or else whether machines can be listed. */
export async function testSite(
  product: VmmProduct | undefined,
  driver: VmmDriver,
  signal: AbortSignal,
): Promise<readonly RightCheck[]> {
  if (product?.test !== undefined) return product.test(driver, signal);
  const right = 'list machines';
  try {
    await driver.listVms(nobodysTag, signal);
    return [{ right, holds: true, because: 'it answered' }];
  } catch (error) {
    signal.throwIfAborted();
    const { code, message } = toPlatformError(error);
    // A bug is not an answer about rights.
    if (code === 'internal') throw error;
    return [{ right, holds: false, because: message }];
  }
}
