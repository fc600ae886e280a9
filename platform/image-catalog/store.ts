import type { VmiId } from '@trencadis/ids';
import { compareTexts } from './compare-versions.ts';
import type { Vmi } from './model.ts';

/** The images that the catalog knows. */
export interface ImageStore {
  /** All of them, by id. */
  list(): Promise<readonly Vmi[]>;
  find(id: VmiId): Promise<Vmi | undefined>;
  /** Takes the place of an image with the same id. */
  put(vmi: Vmi): Promise<void>;
  /** Absent: succeeds. */
  remove(id: VmiId): Promise<void>;
}

/** An {@link ImageStore} that lives as long as the process. */
export function createMemoryImageStore(): ImageStore {
  const vmis = new Map<VmiId, Vmi>();
  return {
    list: async () => [...vmis.values()].toSorted((a, b) => compareTexts(a.id, b.id)).map(copy),
    find: async (id) => {
      const vmi = vmis.get(id);
      return vmi === undefined ? undefined : copy(vmi);
    },
    put: async (vmi) => {
      vmis.set(vmi.id, copy(vmi));
    },
    remove: async (id) => {
      vmis.delete(id);
    },
  };
}

/** So that a caller who changes what it put or got does not change the store. */
function copy(vmi: Vmi): Vmi {
  return structuredClone(vmi);
}
