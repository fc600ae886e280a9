import { systemClock } from '@trencadis/clock';
import { createMemoryVmm } from '@trencadis/vmm-memory';
import { z } from 'zod';
import type { VmmProduct } from '../model.ts';

/** Clouds in this process's memory, each empty when it is opened first. */
export const memoryProduct: VmmProduct<{ readonly token: string }> = {
  name: 'memory',
  needsEndpoint: false,
  load: async () => ({
    credentials: z.strictObject({ token: z.string().min(1) }),
    create: () => createMemoryVmm({ clock: systemClock }),
  }),
};
