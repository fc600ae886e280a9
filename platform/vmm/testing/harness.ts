import type { ErrorCode } from '@trencadis/errors';
import type { ImageReference, VmmDriver, VmmOperation } from '../model.ts';

export interface VmmHarness {
  readonly driver: VmmDriver;
  /** An image that the VM manager can boot. */
  readonly image: ImageReference;
  /** The name of everything that still exists at the VM manager because of this driver; looked up past the driver. */
  leftovers(): Promise<readonly string[]>;
  /** The next call of `operation` fails with `code` before it acts. Only where a manager can be told to. */
  readonly failNext?: (operation: VmmOperation, code: ErrorCode) => void;
  dispose(): Promise<void>;
}
