import type { CloudClient } from '@trencadis/vmm-sites/client';

/** A cloud that shall be there. */
export interface CloudOrder {
  readonly name: string;
  readonly body: Parameters<CloudClient['putCloud']>[0]['body'];
}
