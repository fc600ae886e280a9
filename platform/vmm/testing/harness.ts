import type { ErrorCode } from '@trencadis/errors';
import type { VmName } from '@trencadis/ids';
import type { VmmDriver, VmmOperation } from '../driver.ts';
import type { ImageReference } from '../model.ts';

export interface VmmHarness {
  readonly driver: VmmDriver;
  /** An image that the VM manager can boot. */
  readonly image: ImageReference;
  /** A name or id of a network that the VM manager has already; needed where it can lend one. */
  readonly providerNetwork?: string;
  /** With which the image is among those that may be booted; absent: with none. */
  readonly imagePattern?: string;
  /** The name of everything that still exists at the VM manager because of this driver; looked up past the driver. */
  leftovers(): Promise<readonly string[]>;
  /** The next call of `operation` fails with `code` before it acts. Only where a manager can be told to. */
  readonly failNext?: (operation: VmmOperation, code: ErrorCode) => void;
  /** Deletes a VM past the driver, as somebody at the VM manager does. Only where a test can. */
  readonly removeBehind?: (name: VmName) => Promise<void>;
  dispose(): Promise<void>;
}
